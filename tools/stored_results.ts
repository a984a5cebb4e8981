/**
 * Results of a batch from the files in `results/`, for when no orchestrator can be asked.
 *
 * @module
 */
import { join } from "node:path";
import type { BatchResult } from "./result_rows.ts";

/** What was found, and which files could not be read. */
export interface StoredResults {
  /** Entries of the newest batch of that name; empty if there is none. */
  readonly results: readonly BatchResult[];
  readonly unreadable: readonly string[];
}

/**
 * Looks through all results files for a batch by id, archived name or dropped name. Where several
 * batches were dropped under the name, the newest counts, as it does for the orchestrator.
 */
export function storedResults(folder: string, name: string): StoredResults {
  const unreadable: string[] = [];
  const results = resultFiles(folder).flatMap((file) => {
    const entries = readEntries(join(folder, file));
    if (entries === null) unreadable.push(file);
    return entries ?? [];
  }).filter(({ batch, file }) => batch === name || `${batch}.json` === name || file === name);
  const newest = results.reduce((latest, { batch = "" }) => batch > latest ? batch : latest, "");
  // A task that ran again stands in several files: the last one counts.
  const last = new Map(
    results.filter(({ batch = "" }) => batch === newest).map((entry) => [entry.task_id, entry]),
  );
  return { unreadable, results: [...last.values()] };
}

/** In order of time, which is the order of their names. */
function resultFiles(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map((entry) => entry.name)
      .filter((name) => /^task_results_.*\.json$/.test(name)).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function readEntries(path: string): BatchResult[] | null {
  try {
    const entries: unknown = JSON.parse(Deno.readTextFileSync(path)).task_results;
    return Array.isArray(entries) && entries.every(isEntry) ? entries : null;
  } catch {
    return null;
  }
}

function isEntry(value: unknown): value is BatchResult {
  if (typeof value !== "object" || value === null) return false;
  const { task_id, algorithm, parameters } = value as Record<string, unknown>;
  return typeof task_id === "string" && typeof algorithm === "string" &&
    typeof parameters === "object" && parameters !== null;
}
