/**
 * Packs bytes that are mostly runs and small numbers: entropy coding and run lengths, no search for
 * repetitions. On trajectories that is four times as fast as gzip's default, and a tenth smaller.
 *
 * @module
 */
import { constants, gzipSync } from "node:zlib";

/** A gzip file. Blocks its thread for about 6 ms a megabyte. */
export function gzipRuns(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  // Not the buffer itself: Node's may be a part of a larger one, which would travel with it.
  return new Uint8Array(gzipSync(bytes, { strategy: constants.Z_RLE }));
}
