/**
 * A generated batch as a task file: its name, its text, and its place on disk.
 *
 * @module
 */
import { ensureDir } from "@std/fs/ensure-dir";
import { basename, dirname, extname, join } from "node:path";
import { UsageError } from "../platform/arguments.ts";
import { writeNewFileAtomically } from "../platform/atomic_file.ts";
import { fileStamp } from "../platform/file_time.ts";
import { localTime } from "../platform/log.ts";
import { t } from "../platform/words.ts";
import type { Batch, PlannedTask } from "./batch.ts";

/** Where the orchestrator of this folder looks. */
const QUEUE_FOLDER = "task_queues";

const SUFFIX_CHARACTERS = "abcdefghijkmnpqrstuvwxyz23456789";
const SUFFIX_LENGTH = 6;

/**
 * A name that no other run gives, also in the same second: date, time and 30 random bits. Task ids
 * begin with it, and an id stays unique in the farm for as long as the task is remembered.
 */
export function batchName(type: string, at: number): string {
  const random = crypto.getRandomValues(new Uint8Array(SUFFIX_LENGTH));
  const suffix = Array.from(random, (byte) => SUFFIX_CHARACTERS[byte % 32]).join("");
  return `${type}_${fileStamp(at)}_${suffix}`;
}

/** The text of the task file. */
export function batchText(
  batch: Batch,
  tasks: readonly PlannedTask[],
  options: { readonly at: number },
): string {
  const metadata = {
    creation_date: localTime(options.at),
    description: `${batch.type} batch of ${tasks.length} tasks`,
    total_tasks: tasks.length,
    created_by: "enjambre generate",
  };
  return JSON.stringify({ metadata, tasks }, null, 2) + "\n";
}

/**
 * Where the file goes: into the queue, or where `--output` says (a file that ends in `.json`, or a
 * folder).
 *
 * @throws {UsageError} When `output` names a file that the farm would not take.
 */
export function batchPath(name: string, output: string | undefined): string {
  if (output === undefined) return join(QUEUE_FOLDER, `${name}.json`);
  if (/[\\/]$/.test(output) || isFolder(output)) return join(output, `${name}.json`);
  if (extname(output) === ".json" && !basename(output).startsWith(".")) return output;
  throw new UsageError(
    t("flag.wrong", { flag: "output", value: output, takes: t("takes.output") }),
  );
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/** Writes the file whole or not at all, over no other; gives the path it got. */
export async function writeBatch(path: string, text: string): Promise<string> {
  await ensureDir(dirname(path));
  return await writeNewFileAtomically(path, text);
}
