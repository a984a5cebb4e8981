/**
 * Finds out at the start whether a database is what was left behind: not damaged, not cut, not an
 * older copy. After a clean stop every byte is compared; after a crash the structure, the counters
 * and the number of the last acknowledged commit.
 *
 * @module
 */
import { crc32 } from "node:zlib";
import { type Connection, guard } from "./connection.ts";
import type { FileDigest, FolderLock } from "./lock.ts";
import { StoreError } from "./store.ts";

/** Above this the bytes are not compared: a stop has five seconds, a start less. */
const DIGEST_BYTES_MAX = 2 * 1024 ** 3;
/** Above this the structure is not looked through after a crash: that takes some 3 s a GiB. */
const STRUCTURE_BYTES_MAX = 768 * 1024 ** 2;

/** Size and checksum of a file; null if it is too large for that. */
export function digestOf(path: string): FileDigest | null {
  using file = Deno.openSync(path);
  const bytes = file.statSync().size;
  if (bytes > DIGEST_BYTES_MAX) return null;
  const chunk = new Uint8Array(1024 * 1024);
  let crc = 0;
  for (let read = file.readSync(chunk); read !== null; read = file.readSync(chunk)) {
    crc = crc32(chunk.subarray(0, read), crc);
  }
  return { bytes, crc };
}

/** Before the database is opened: is the file there, and as it was closed? */
export function checkFile(path: string, lock: FolderLock): void {
  const mark = lock.found;
  if (mark === null) return;
  const bytes = sizeOf(path) + sizeOf(`${path}-wal`);
  if (bytes === 0) throw damaged(path, lock, "it is gone");
  if (mark.closed === undefined) return;
  const digest = digestOf(path);
  const same = digest?.bytes === mark.closed.bytes && digest.crc === mark.closed.crc;
  if (!same || sizeOf(`${path}-wal`) > 0) {
    throw damaged(path, lock, "it changed after it was closed");
  }
}

/** Before anything is written to it: does it know everything it acknowledged? */
export function checkMark(connection: Connection, lock: FolderLock): void {
  const mark = lock.found;
  if (mark === null) return;
  const { path } = connection;
  if (connection.number("SELECT count(*) FROM sqlite_schema WHERE name = 'farm'") === 0) {
    throw damaged(path, lock, "it is empty");
  }
  const [farm, generation] = connection.get("SELECT name, generation FROM farm") ?? [];
  if (farm !== mark.farm) throw damaged(path, lock, "it belongs to another farm");
  const lost = mark.generation - Number(generation);
  if (lost > 0) throw damaged(path, lock, `its last ${lost} commits are missing`);
}

/** After a crash: is it whole? Returns a warning if it is too large to look. */
export function checkStructure(connection: Connection): string | null {
  const { path } = connection;
  if (sizeOf(path) > STRUCTURE_BYTES_MAX) {
    return `The store ${path} was not closed properly and is too large to be checked at the start`;
  }
  guard(path, () => {
    const [verdict] = connection.get("PRAGMA quick_check(1)")!;
    if (verdict !== "ok") throw new StoreError("corrupt", `Damaged: the store ${path}: ${verdict}`);
    const wrong = connection.get(MISCOUNTED);
    if (wrong !== undefined) {
      throw new StoreError("corrupt", `Damaged: the store ${path} misses tasks (lane ${wrong[0]})`);
    }
    if (connection.get(RESULTS_MISSING) !== undefined) {
      throw new StoreError("corrupt", `Damaged: the store ${path} misses results`);
    }
  });
  return null;
}

/** Lanes whose counter is not the number of their rows. Rows of a file not accepted do not count. */
const MISCOUNTED = `
WITH counted AS (
  SELECT lane, count(*) AS rows FROM tasks
  WHERE seq < (SELECT next_seq FROM farm) GROUP BY lane
)
SELECT lane FROM lanes LEFT JOIN counted USING (lane) WHERE count <> coalesce(rows, 0)
UNION ALL
SELECT lane FROM counted WHERE lane NOT IN (SELECT lane FROM lanes)
LIMIT 1`;
const RESULTS_MISSING = `
SELECT 1 FROM farm WHERE results - removed_results <> (SELECT count(*) FROM results)`;

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

function damaged(path: string, lock: FolderLock, what: string): StoreError {
  return new StoreError(
    "corrupt",
    `The store ${path} is not the one that was left here: ${what}. Put the right file back; to go on with what is there, and lose what is missing, delete ${lock.path}`,
  );
}
