/**
 * What one durable write costs on this disk at this minute: no durable queue is faster than that
 * allows, and it changes with whatever else the machine does.
 *
 * @module
 */
import { join } from "node:path";

const RECORD = new Uint8Array(200).fill(97);
const PROBE_MS = 400;

/** Appends of 200 bytes a second, each followed by fdatasync. */
export function fdatasyncPerSecond(folder: string): number {
  const path = join(folder, "probe");
  const file = Deno.openSync(path, { write: true, create: true, truncate: true });
  let writes = 0;
  const startMs = performance.now();
  while (performance.now() - startMs < PROBE_MS) {
    file.writeSync(RECORD);
    file.syncDataSync();
    writes++;
  }
  const seconds = (performance.now() - startMs) / 1000;
  file.close();
  Deno.removeSync(path);
  return Math.round(writes / seconds);
}
