/**
 * Taking the lock of a file, for this process alone.
 *
 * @module
 */

/** Tries, and the pause between them, ms. */
const TRIES = 20;
const PAUSE_MS = 10;

/**
 * Locks an open file; false when another process has it. Tries for a fifth of a second: a child
 * process that is just being started holds a copy of every lock that was let go here a moment ago,
 * until it has become its own program.
 */
export function lockFile(file: Deno.FsFile): boolean {
  const clock = new Int32Array(new SharedArrayBuffer(4));
  for (let tries = 1; !file.tryLockSync(true); tries++) {
    if (tries === TRIES) return false;
    Atomics.wait(clock, 0, 0, PAUSE_MS);
  }
  return true;
}
