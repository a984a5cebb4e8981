/**
 * Hands task files to the farm: checked first, then copied into the queue of this folder or posted
 * to an orchestrator elsewhere, and waited for if asked.
 *
 * @module
 */
import { ensureDir } from "@std/fs/ensure-dir";
import { basename, join, resolve } from "node:path";
import { EXIT, UsageError, type WordedCommand, type WordedFlag } from "../platform/arguments.ts";
import { writeNewFileAtomically } from "../platform/atomic_file.ts";
import { runProgram } from "../platform/program.ts";
import { readSettings } from "../platform/settings.ts";
import { taskFileSettings } from "../platform/task_file_settings.ts";
import { err, out, printable, write } from "../platform/terminal.ts";
import { t } from "../platform/words.ts";
import { type BatchProgress, waitForBatch } from "./batch_wait.ts";
import { type CheckedFile, checkFile, complaints } from "./checked_files.ts";
import { clientToken, TOKEN_FLAG } from "./client_token.ts";
import { type BatchAnswer, FarmClient, FarmProblem, stranger, Unreachable } from "./farm_client.ts";
import { orchestratorUrl } from "./orchestrator_url.ts";

const QUEUE_FOLDER = "task_queues";

/** After this long, a file that nobody takes is worth a word. */
const NOT_TAKEN_MS = 15_000;

const FLAGS = {
  wait: { kind: "switch", description: "flag.wait" },
  json: { kind: "switch", description: "flag.json_submit" },
  ...TOKEN_FLAG,
  orchestrator: {
    kind: "text",
    value: "URL",
    description: "flag.orchestrator_post",
  },
} as const satisfies Record<string, WordedFlag>;

const COMMAND: WordedCommand<typeof FLAGS> = {
  command: "deno task submit",
  summary: "cli.submit",
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
  if (wrong.length > 0) err(t("handing.none"));
  return wrong.length > 0 ? null : files;
}

function refuseQueued(paths: readonly string[]): void {
  for (const path of paths) {
    if (resolve(path, "..") !== resolve(QUEUE_FOLDER)) continue;
    throw new UsageError(t("handing.queued", { path }));
  }
}

/** Posts the file; gives the name it got in that queue. */
async function post(client: FarmClient, { path, bytes }: CheckedFile): Promise<string> {
  const text = new TextDecoder().decode(bytes);
  const { file }: { file?: string } = await client.submit(queueName(path), text);
  if (file !== undefined) return file;
  throw stranger(client);
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
      const { ended, tasks: total } = progress;
      showLive(printable(t("handing.progress", { file, ended, total })));
    } else if (!warned && performance.now() - startedAt > NOT_TAKEN_MS) {
      warned = true;
      err(printable(t("handing.not_taken", { file })));
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
  if (progress === undefined) return [t("handing.submitted", { file, n: tasks })];
  const { batch, counts } = progress;
  if (batch.state === "rejected") {
    return [
      t("handing.rejected", { file }),
      ...(batch.errors ?? []).map(({ message }) => `  ${message}`),
    ];
  }
  const others = (["failed", "cancelled"] as const).filter((status) => counts[status]);
  const ended = [
    t("handing.completed", { file, completed: counts.completed ?? 0, total: progress.tasks }),
    ...others.map((status) => t(`handing.${status}`, { n: counts[status] ?? 0 })),
  ].join(", ");
  return [batch.known > 0 ? `${ended}; ${t("handing.known", { n: batch.known })}` : ended];
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
