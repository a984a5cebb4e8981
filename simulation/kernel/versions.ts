/**
 * How a thread that looks ahead learns that it looked at something that changed since: every cell
 * has a version, which goes up after each change to a disk filed there. Only the thread that owns
 * the sweep changes disks and versions.
 *
 * What was read after the versions is sound if they are the same when it is used: a change that the
 * reader has seen in part has not yet raised its version when the reader looks at the versions.
 *
 * @module
 */
import { BOARD, cellOf, versions } from "./memory";

/** Goes up when the whole grid is laid out anew. Never starts again while the memory lives. */
const EPOCH: u32 = BOARD;

/** Bytes of one look: first cell, columns and rows, sum of the versions. */
export const LOOK: u32 = 16;

/** Whether other threads look. */
let watched: bool = false;
/** Where this thread notes its next look and where the notes end; 0: it notes nothing. */
export let nextLook: u32 = 0;
let looksEnd: u32 = 0;

/** From now on, versions are kept. */
export function keepVersions(on: bool): void {
  watched = on;
}

/** Says that disk `m`, or who is filed with it, has changed. */
// @ts-ignore: decorator
@inline
export function changed(m: u32): void {
  if (watched) raise(versions + load<u32>(cellOf + m * 4) * 4);
}

/** Says that all have changed. */
export function allChanged(): void {
  raise(EPOCH);
}

function raise(version: u32): void {
  atomic.store<u32>(version, load<u32>(version) + 1);
}

export function epoch(): u32 {
  return atomic.load<u32>(EPOCH);
}

export function versionOf(cell: u32): u32 {
  return atomic.load<u32>(versions + cell * 4);
}

/** Notes the looks of this thread from `start` up to `end`; 0 and 0: not. */
export function noteLooks(start: u32, end: u32): void {
  nextLook = start;
  looksEnd = end;
}

/** Notes a look at some cells, before it is made. False when there is no room for the note. */
export function noteLook(first: u32, columns: u32, rows: u32, stride: u32): bool {
  if (nextLook + LOOK > looksEnd) return false;
  store<u32>(nextLook, first);
  store<u32>(nextLook, columns | (rows << 16), 4);
  store<u32>(nextLook, sumOf(first, columns, rows, stride), 8);
  nextLook += LOOK;
  return true;
}

/** Whether nothing changed in the cells of the look at this address. */
export function isCurrent(look: u32, stride: u32): bool {
  const extent = load<u32>(look, 4);
  return load<u32>(look, 8) === sumOf(load<u32>(look), extent & 0xffff, extent >> 16, stride);
}

function sumOf(first: u32, columns: u32, rows: u32, stride: u32): u32 {
  let sum: u32 = 0;
  for (let row: u32 = 0; row < rows; row++) {
    const start = versions + (first + row * stride) * 4;
    for (let v = start; v < start + columns * 4; v += 4) sum += atomic.load<u32>(v);
  }
  return sum;
}
