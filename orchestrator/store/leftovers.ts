/**
 * Takes away what a file left behind that was received but never accepted. Its rows are the ones
 * from a certain `seq` on; nobody has ever seen them.
 *
 * @module
 */
import type { Connection } from "./connection.ts";

/** Rows a transaction deletes: few enough not to hold up whoever else needs the connection. */
const CHUNK_ROWS = 5_000;

/** Deletes everything not accepted, and gives a moment to others after each chunk. */
export function* clearUnaccepted(connection: Connection, nextSeq: number): Generator<void> {
  for (;;) {
    const last = connection.number("SELECT max(seq) FROM tasks");
    if (last < nextSeq) break;
    const from = Math.max(nextSeq, last - CHUNK_ROWS + 1);
    connection.transaction(() => connection.run("DELETE FROM tasks WHERE seq >= ?", from));
    yield;
  }
  connection.transaction(() => {
    connection.run(
      "DELETE FROM batch_known WHERE batch IN (SELECT number FROM batches WHERE state = 'receiving')",
    );
    connection.run("DELETE FROM batches WHERE state = 'receiving'");
  });
}
