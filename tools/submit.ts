/**
 * Hands task files to the farm: checked first, then copied into the queue of this folder or posted
 * to an orchestrator elsewhere, and waited for if asked.
 *
 * @module
 */
import { ensureDir } from "@std/fs/ensure-dir";
import { basename, join, resolve } from "node:path";
import {
  type CommandSpec,
  EXIT,
  type FlagSpec,
  runProgram,
  UsageError,
} from "../platform/arguments.ts";
import { writeNewFileAtomically } from "../platform/atomic_file.ts";
import { readSettings } from "../platform/settings.ts";
import { taskFileSettings } from "../platform/task_file_settings.ts";
import { err, out, printable, write } from "../platform/terminal.ts";
import { type BatchProgress, waitForBatch } from "./batch_wait.ts";
import { type CheckedFile, checkFile, complaints } from "./checked_files.ts";
import { clientToken, TOKEN_FLAG } from "./client_token.ts";
import { type BatchAnswer, FarmClient, FarmProblem, Unreachable } from "./farm_client.ts";
import { orchestratorUrl } from "./orchestrator_url.ts";

const QUEUE_FOLDER = "task_queues";

/** After this long, a file that nobody takes is worth a word. */
const NOT_TAKEN_MS = 15_000;

const FLAGS = {
  wait: { kind: "switch", description: "Show progress until every task has ended" },
  json: { kind: "switch", description: "Print a JSON array with what became of every file" },
  ...TOKEN_FLAG,
  orchestrator: {
    kind: "text",
    value: "URL",
    description: "Post to this orchestrator instead of copying into task_queues/",
  },
} as const satisfies Record<string, FlagSpec>;

const COMMAND: CommandSpec<typeof FLAGS> = {
  command: "deno task submit",
  summary:
    "Checks task files and hands them to the farm. Exit 0: done, 1: refused, 3: some tasks " +
    "failed, 69: no orchestrator.",
  examples: [
    "deno task submit tareas_manuales_ejemplo.json --wait",
    "deno task submit my_batch.json --orchestrator http://192.168.1.10:5000 --wait",
  ],
  flags: FLAGS,
  operands: { name: "FILE", min: 1 },
};

/** What became of one file. */
interface Handed {
  readonly source: string;
  /** The name in the queue, by which the orchestrator knows the batch. */
  readonly file: string;
  readonly tasks: number;
  readonly isOurs: (batch: BatchAnswer) => boolean;
  readonly progress?: BatchProgress;
}

/** A name the inbox takes: it skips hidden files and what does not end in `.json`. */
function queueName(path: string): string {
  const name = basename(path).replace(/^\.+/, "");
  return name.endsWith(".json") && name !== ".json" ? name : `${name || "tasks"}.json`;
}

async function copyIntoQueue({ path, bytes }: CheckedFile): Promise<string> {
  await ensureDir(QUEUE_FOLDER);
  return basename(await writeNewFileAtomically(join(QUEUE_FOLDER, queueName(path)), bytes));
}

/**
 * Tells the batch of a file just handed over from older ones of its name. Only the name that was
 * asked for could be looked up before; where the file got another one, its content decides.
 */
async function recognizer(
  { path, bytes }: CheckedFile,
  handed: { readonly file: string; readonly earlier: string | null },
): Promise<(batch: BatchAnswer) => boolean> {
  if (handed.file === queueName(path)) return (batch) => batch.id !== handed.earlier;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  return (batch) => batch.sha256 === digest;
}

/** Null after the errors of a file were told: then none is handed over. */
async function checkAll(paths: readonly string[]): Promise<CheckedFile[] | null> {
  const settings = taskFileSettings(readSettings(Deno.cwd()));
  const files = await Promise.all(paths.map((path) => checkFile(path, settings)));
  const wrong = files.filter((file) => file.unreadable !== null || file.errorsTotal > 0);
  wrong.flatMap(complaints).forEach((line) => err(line));
  if (wrong.length > 0) err("Nothing was submitted");
  return wrong.length > 0 ? null : files;
}

function refuseQueued(paths: readonly string[]): void {
  for (const path of paths) {
    if (resolve(path, "..") !== resolve(QUEUE_FOLDER)) continue;
    throw new UsageError(`${path} is in the queue already; nothing needs to be submitted`);
  }
}

/** Posts the file; gives the name it got in that queue. */
async function post(client: FarmClient, { path, bytes }: CheckedFile): Promise<string> {
  const text = new TextDecoder().decode(bytes);
  const { file }: { file?: string } = await client.submit(queueName(path), text);
  if (file !== undefined) return file;
  throw new Unreachable(`What answers at ${client.url} is no orchestrator of this version`);
}

/** A line that is rewritten in place on a terminal, and not written elsewhere. */
function showLive(text: string): void {
  if (Deno.stderr.isTerminal()) write(Deno.stderr, `\r\x1b[K${text}`);
}

function progressShower(file: string): (progress: BatchProgress | null) => void {
  const startedAt = performance.now();
  let warned = false;
  return (progress) => {
    if (progress !== null) {
      showLive(printable(`${file}: ${progress.ended} of ${progress.tasks} tasks ended`));
    } else if (!warned && performance.now() - startedAt > NOT_TAKEN_MS) {
      warned = true;
      err(printable(`${file}: not taken yet; does that orchestrator watch this folder?`));
    }
  };
}

async function waitForAll(client: FarmClient, handed: Handed[]): Promise<Handed[]> {
  const ended: Handed[] = [];
  for (const one of handed) {
    const onProgress = progressShower(one.file);
    const progress = await waitForBatch(client, one.file, { isOurs: one.isOurs, onProgress });
    showLive("");
    ended.push({ ...one, progress });
  }
  return ended;
}

function exitCode(handed: readonly Handed[]): number {
  const batches = handed.flatMap(({ progress }) => progress ?? []);
  if (batches.some(({ batch }) => batch.state === "rejected")) return EXIT.failure;
  const incomplete = batches.some(({ counts, tasks }) => (counts.completed ?? 0) < tasks);
  return incomplete ? EXIT.partial : EXIT.ok;
}

function lines({ file, tasks, progress }: Handed): string[] {
  if (progress === undefined) return [`${file}: ${tasks} tasks submitted`];
  const { batch, counts } = progress;
  if (batch.state === "rejected") {
    return [`${file}: rejected`, ...(batch.errors ?? []).map(({ message }) => `  ${message}`)];
  }
  const others = (["failed", "cancelled"] as const).filter((status) => counts[status]);
  return [
    `${file}: ${counts.completed ?? 0} of ${progress.tasks} completed` +
    others.map((status) => `, ${counts[status]} ${status}`).join("") +
    (batch.known > 0 ? `; ${batch.known} known from earlier files, which are not run again` : ""),
  ];
}

function asJson({ source, file, tasks, progress }: Handed): Record<string, unknown> {
  const base = { source, file, tasks };
  if (progress === undefined) return { ...base, state: "submitted" };
  const { batch, counts } = progress;
  return { ...base, state: batch.state, batch: batch.id, counts, errors: batch.errors ?? [] };
}

async function submit(
  paths: readonly string[],
  flags: {
    wait: boolean;
    json: boolean;
    orchestrator: string | undefined;
    "token-file": string | undefined;
  },
): Promise<number> {
  const isRemote = flags.orchestrator !== undefined;
  const client = isRemote || flags.wait
    ? new FarmClient(
      orchestratorUrl(flags.orchestrator),
      clientToken(flags["token-file"], readSettings(Deno.cwd())),
    )
    : null;
  if (!isRemote) refuseQueued(paths);
  const files = await checkAll(paths);
  if (files === null) return EXIT.failure;
  // Asked before anything is handed over, so that exit 69 means: nothing was submitted.
  const earlier = await Promise.all(files.map(({ path }) => client?.batch(queueName(path))));
  let handed: Handed[] = [];
  for (const [index, checked] of files.entries()) {
    const file = isRemote && client ? await post(client, checked) : await copyIntoQueue(checked);
    const isOurs = await recognizer(checked, { file, earlier: earlier[index]?.id ?? null });
    handed.push({ source: checked.path, file, tasks: checked.tasks, isOurs });
  }
  if (flags.wait && client) handed = await waitForAll(client, handed);
  if (flags.json) out(JSON.stringify(handed.map(asJson), null, 2));
  else handed.flatMap(lines).forEach((line) => out(printable(line)));
  return exitCode(handed);
}

/** What the orchestrator said, every error of the file included. */
function problemLines({ message, problem }: FarmProblem): string[] {
  const errors = Array.isArray(problem["errors"]) ? problem["errors"] : [];
  return [...errors.map((error: { message?: unknown }) => String(error.message)), message];
}

if (import.meta.main) {
  await runProgram(COMMAND, async ({ flags, operands }) => {
    try {
      return await submit(operands, flags);
    } catch (error) {
      if (error instanceof FarmProblem) {
        problemLines(error).forEach((line) => err(printable(line)));
        return EXIT.failure;
      }
      if (!(error instanceof Unreachable)) throw error;
      err(printable(error.message));
      return EXIT.unreachable;
    }
  });
}
