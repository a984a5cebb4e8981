/**
 * Shows on stderr how far a batch is, until it is done: a bar on a terminal, lines elsewhere.
 *
 * @module
 */
import { printable, write } from "../platform/terminal.ts";
import { t } from "../platform/words.ts";
import type { BatchAnswer, FarmClient } from "./farm_client.ts";

const POLL_MS = 100;
/** Without a terminal a line is written when this much time has passed and something changed. */
const LINE_MS = 2000;
const BAR_LENGTH = 30;

/** Resolves with the batch when its last task has ended; null when `stopped` says so before. */
export async function showProgress(
  client: FarmClient,
  file: string,
  { stopped = () => false }: { stopped?: () => boolean } = {},
): Promise<BatchAnswer | null> {
  const terminal = Deno.stderr.isTerminal();
  let lastText = "";
  let lastMs = -Infinity;
  for (;;) {
    if (stopped()) return null;
    const batch = await client.batch(file);
    const done = batch !== null && isDone(batch);
    const text = batch === null
      ? t("progress.waiting", { file: printable(file) })
      : describe(batch);
    const nowMs = performance.now();
    if (terminal) write(Deno.stderr, `\r\x1b[K${text}${done ? "\n" : ""}`);
    else if (text !== lastText && (done || nowMs - lastMs > LINE_MS)) {
      write(Deno.stderr, `${text}\n`);
      lastText = text;
      lastMs = nowMs;
    }
    if (done) return batch;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

export function isDone(batch: BatchAnswer): boolean {
  return batch.state === "rejected" || batch.finished_at !== null;
}

function describe(batch: BatchAnswer): string {
  if (batch.state === "rejected") {
    return t("handing.rejected", { file: printable(batch.file) });
  }
  const { completed, failed, cancelled, running, assigned } = batch.counts;
  const ended = completed + failed + cancelled;
  const share = batch.accepted === 0 ? 1 : ended / batch.accepted;
  const filled = Math.round(share * BAR_LENGTH);
  const bar = "█".repeat(filled) + "░".repeat(BAR_LENGTH - filled);
  return [
    t("progress.shown", { bar, ended, total: batch.accepted, active: running + assigned }),
    ...(failed + cancelled > 0 ? [t("farm.trouble", { failed, cancelled })] : []),
    ...(batch.known > 0 ? [t("progress.known", { known: batch.known })] : []),
  ].join(", ");
}
