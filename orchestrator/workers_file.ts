/**
 * The list of workers: `config_workers.json`, checked key by key, and the `WORKER_nn_*` settings
 * that are merged over it. Read at the start and again whenever the file changes.
 *
 * @module
 */
import { z } from "zod";
import { findSyntaxFault } from "../contract/json_syntax.ts";
import { shownValue } from "../contract/shown_value.ts";
import { nearest, UsageError } from "../platform/arguments.ts";
import type { Settings } from "../platform/settings.ts";
import { ALGORITHM_NAMES, findAlgorithm } from "../simulation/registry.ts";

/** A worker as the configuration names it. What is null is the worker's own to say. */
export interface WorkerEntry {
  readonly id: string;
  readonly ip: string;
  readonly port: number;
  /** Most tasks at a time; the smaller of this and the worker's own is in force. */
  readonly capacity: number | null;
  /** Names of the registry, without aliases; only what both name is in force. */
  readonly algorithms: readonly string[] | null;
  /** Where it stands, for people. */
  readonly region: string | null;
  /** Share of tasks under the strategy `weighted`. */
  readonly weight: number;
}

/** What the file says of the farm as a whole; `.env` wins over it. */
export interface FarmEntry {
  /** Seconds for one request to a worker. */
  readonly timeout?: number | undefined;
  readonly retry_attempts?: number | undefined;
  /** Tasks at work at once in the whole farm; 0 = no limit. */
  readonly max_concurrent_tasks?: number | undefined;
}

export interface WorkersFile {
  readonly workers: readonly WorkerEntry[];
  readonly orchestrator: FarmEntry;
}

/** What `WORKER_nn_*` say of one worker. */
export interface WorkerOverride {
  /** Beginning of the names of its settings, e.g. `WORKER_03`. */
  readonly prefix: string;
  readonly id: string;
  readonly ip: string | null;
  readonly port: number | null;
}

export const CAPACITY_MAX = 4096;
export const RETRIES_MAX = 100;
export const REQUEST_SECONDS_MAX = 3600;
const CONCURRENT_MAX = 1_000_000;
const ID_LENGTH_MAX = 100;

const integer = (min: number, max: number) => {
  const takes = `an integer from ${min} to ${max}`;
  return z.int(takes).min(min, takes).max(max, takes);
};

const Algorithms = z.array(
  z.string("a name of an algorithm").transform((written, context) => {
    const algorithm = findAlgorithm(written);
    if (algorithm !== undefined) return algorithm.name;
    const message = ALGORITHM_NAMES.join(" | ");
    context.issues.push({ code: "custom", input: written, message });
    return z.NEVER;
  }),
  'a list of names such as ["python", "cython"]',
).min(1, "at least one name; leave the key out to allow all that the worker runs");

const idTakes = `a text of 1 to ${ID_LENGTH_MAX} characters without control characters`;
const Entry = z.strictObject({
  id: z.string(idTakes).regex(/^[^\p{Cc}]+$/u, idTakes).max(ID_LENGTH_MAX, idTakes),
  ip: z.string("an address or a host name").regex(/^[\w.:%-]+$/, "an address or a host name"),
  port: integer(1, 65_535),
  // The seed's files carry it; the state of a worker is measured, so what it says is not used.
  status: z.string("a text").optional(),
  capacity: integer(1, CAPACITY_MAX).optional(),
  algorithms: Algorithms.optional(),
  region: z.string("a text").optional(),
  weight: z.number("a number above 0").positive("a number above 0").optional(),
}, "an object with id, ip and port");

const secondsTakes = `seconds, a number above 0 and up to ${REQUEST_SECONDS_MAX}`;
const File = z.strictObject({
  workers: z.array(Entry, "a list of workers"),
  orchestrator: z.strictObject({
    timeout: z.number(secondsTakes).positive(secondsTakes).max(REQUEST_SECONDS_MAX, secondsTakes)
      .optional(),
    retry_attempts: integer(0, RETRIES_MAX).optional(),
    max_concurrent_tasks: integer(0, CONCURRENT_MAX).optional(),
  }, "an object").optional(),
}, 'an object such as {"workers": [ … ]}');

/**
 * Reads the file. `shownAs` is its name in messages, the path unless told.
 *
 * @returns null when there is no such file.
 * @throws {UsageError} One sentence when it cannot be read or is wrong.
 */
export function readWorkersFile(path: string, shownAs = path): WorkersFile | null {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new UsageError(`Cannot read ${shownAs}: ${(error as Error).message}`);
  }
  return parseWorkersFile(text, shownAs);
}

/** @throws {UsageError} Naming the first thing that is wrong, with line and column for syntax. */
export function parseWorkersFile(text: string, shownAs: string): WorkersFile {
  const json = text.replace(/^\uFEFF/, "");
  const fault = findSyntaxFault(json);
  if (fault !== null) {
    const { line, column, problem } = fault;
    throw new UsageError(`${shownAs} is no JSON: ${problem} (line ${line}, column ${column})`);
  }
  const written: unknown = JSON.parse(json);
  const parsed = File.safeParse(written);
  if (!parsed.success) {
    throw new UsageError(issueSentence(parsed.error.issues[0]!, { written, shownAs }));
  }
  const workers = parsed.data.workers.map((entry): WorkerEntry => ({
    id: entry.id,
    ip: entry.ip,
    port: entry.port,
    capacity: entry.capacity ?? null,
    algorithms: entry.algorithms ?? null,
    region: entry.region ?? null,
    weight: entry.weight ?? 1,
  }));
  refuseDuplicates(workers, shownAs);
  return { workers, orchestrator: parsed.data.orchestrator ?? {} };
}

function issueSentence(
  issue: z.core.$ZodIssue,
  { written, shownAs }: { written: unknown; shownAs: string },
): string {
  const path = pathText(issue.path);
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0]!;
    const known = Object.keys(issue.path[0] === "workers" ? Entry.shape : knownKeys(issue.path));
    const near = nearest(key, known);
    return `Unknown key ${shownValue(key)} in ${path === "" ? "" : `${path} of `}${shownAs}; ` +
      (near === undefined ? `known are ${known.join(", ")}` : `did you mean "${near}"?`);
  }
  const value = valueAt(written, issue.path);
  const where = path === "" ? shownAs : `${path} in ${shownAs}`;
  return value === undefined
    ? `${where} is missing; it takes ${issue.message}`
    : `${where} is ${shownValue(value)} but takes ${issue.message}`;
}

function knownKeys(path: readonly PropertyKey[]): object {
  return path.length === 0 ? File.shape : File.shape.orchestrator.unwrap().shape;
}

function pathText(path: readonly PropertyKey[]): string {
  return path.map((key, at) =>
    typeof key === "number" ? `[${key}]` : (at > 0 ? "." : "") + String(key)
  ).join("");
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const key of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
  return value;
}

/**
 * The `WORKER_nn_IP`, `_PORT` and `_ID` of the settings, in order of nn.
 *
 * @throws {UsageError} When a value is wrong.
 */
export function workerOverrides(settings: Settings): WorkerOverride[] {
  const numbers = new Set<string>();
  for (const name of settings.names()) {
    const number = /^WORKER_(\d+)_(?:IP|PORT|ID)$/.exec(name)?.[1];
    if (number !== undefined) numbers.add(number);
  }
  return [...numbers].sort((a, b) => Number(a) - Number(b) || (a < b ? -1 : 1)).map((number) => {
    const prefix = `WORKER_${number}`;
    const port = settings.integer(`${prefix}_PORT`, { fallback: 0, min: 1, max: 65_535 });
    return {
      prefix,
      id: settings.text(`${prefix}_ID`, { fallback: `worker-${number}` }),
      ip: settings.written(`${prefix}_IP`) ?? null,
      port: port === 0 ? null : port,
    };
  });
}

/**
 * The workers in force: those of the file with what the settings say of them, then the added ones.
 *
 * @throws {UsageError} When an added worker lacks its address, or two workers share an id or address.
 */
export function mergeWorkers(
  entries: readonly WorkerEntry[],
  overrides: readonly WorkerOverride[],
  shownAs: string,
): readonly WorkerEntry[] {
  const merged = new Map(entries.map((entry) => [entry.id, entry]));
  const named = new Map<string, string>();
  for (const { prefix, id, ip, port } of overrides) {
    const other = named.get(id);
    if (other !== undefined) {
      throw new UsageError(`${prefix}_* and ${other}_* both name the worker "${id}"; keep one`);
    }
    named.set(id, prefix);
    const known = merged.get(id);
    const address = { ip: ip ?? known?.ip, port: port ?? known?.port };
    if (address.ip === undefined || address.port === undefined) {
      const missing = address.ip === undefined ? "IP" : "PORT";
      throw new UsageError(
        `${prefix}_${missing} is missing: the worker "${id}" is not in ${shownAs}, ` +
          `so ${prefix}_IP and ${prefix}_PORT are both needed`,
      );
    }
    const fresh = { capacity: null, algorithms: null, region: null, weight: 1 };
    merged.set(id, { ...(known ?? fresh), id, ip: address.ip, port: address.port });
  }
  const workers = [...merged.values()];
  refuseDuplicates(workers, overrides.length === 0 ? shownAs : `${shownAs} and WORKER_nn_*`);
  return workers;
}

function refuseDuplicates(workers: readonly WorkerEntry[], shownAs: string): void {
  const ids = new Set<string>();
  const owners = new Map<string, string>();
  for (const { id, ip, port } of workers) {
    if (ids.has(id)) throw new UsageError(`Two workers in ${shownAs} have the id "${id}"`);
    ids.add(id);
    const address = `${ip.toLowerCase().replace(/^localhost$/, "127.0.0.1")}:${port}`;
    const owner = owners.get(address);
    if (owner !== undefined) {
      throw new UsageError(
        `The workers "${owner}" and "${id}" in ${shownAs} have the same address ${ip}:${port}`,
      );
    }
    owners.set(address, id);
  }
}
