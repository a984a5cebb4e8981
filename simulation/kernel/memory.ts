/**
 * Where everything lies in the kernel's memory. One run at a time; a larger one grows the memory.
 * Disks are named by number in some arrays and by byte offset (16 times the number) in others.
 *
 * The memory may be shared with instances of other threads, which lay it out alike. Nothing that
 * changes may stand in static data: a new instance writes its static data anew.
 *
 * @module
 */

/** Room for the digest, and for what all threads of a sweep have to know of each other. */
export const DIGEST: u32 = 2048;
export const BOARD: u32 = 3072;

/** x, y of every disk. A fixed place, so that a disk's offset is its address less a constant. */
export const POSITIONS: u32 = 4096;
/** Bytes of a point, and from one disk to the next in most arrays. */
export const POINT: u32 = 16;

export let count: u32 = 0;
/** Disks that the drift runs over: an even number, the last may be a still one without meaning. */
export let evenCount: u32 = 0;
export let velocities: u32 = 0;
/** Where each disk was when it was last looked up. */
export let anchors: u32 = 0;
/** Numbers of the disks, ordered by cell. */
export let members: u32 = 0;
/** Positions in the order of the members. */
export let memberPoints: u32 = 0;
/** Cell under which a disk is found now, and cell in whose members it stands. */
export let cellOf: u32 = 0;
export let home: u32 = 0;
/** Lists of the disks that left their home cell. */
export let nextMoved: u32 = 0;
export let previousMoved: u32 = 0;
export let firstMoved: u32 = 0;
/** Index into the members where each cell begins. */
export let cellStarts: u32 = 0;
/** Address of the first pair of each row. */
export let rowStarts: u32 = 0;
/** Numbers found by a search in the grid. */
export let found: u32 = 0;
/** Head of each row's list of extra pairs, 0 where there is none. */
export let firstExtra: u32 = 0;
/** The row in hand of a crowd, and the rows with extra pairs: sets of numbers. */
export let rowSet: u32 = 0;
export let extraRows: u32 = 0;
/** How often something in a cell has changed, for threads that look ahead. */
export let versions: u32 = 0;
/** Pairs (offset of i, offset of j), i < j, in the order in which they are visited. */
export let pairs: u32 = 0;

let top: u32 = 0;

/** Most cells that the grid may have. */
export function cellsMax(): u32 {
  return 2 * count + 16;
}

/** Bytes of a set of numbers below the count. */
export function setBytes(): u32 {
  return ((count >> 6) + 1 + (count >> 12) + 1) * 8;
}

/** Bytes of the numbers that a search in the grid may find. */
export function foundBytes(): u32 {
  // Room for the padding of the last group.
  return count * 4 + POINT;
}

/** Lays out the memory for a run of `n` disks and clears what must start empty. */
export function allocate(n: u32): void {
  layOut(n);
  reserve(pairs);
  memory.fill(rowSet, 0, setBytes());
  memory.fill(extraRows, 0, setBytes());
  memory.fill(firstExtra, 0, n * 4);
}

/** Gives this thread a place of its own for what it finds. */
export function workAt(ownFound: u32, ownRowSet: u32): void {
  found = ownFound;
  rowSet = ownRowSet;
}

/** Finds out where everything lies for a run of `n` disks. */
export function layOut(n: u32): void {
  count = n;
  evenCount = (n + 1) & ~1;
  // Two more places after the last disk, for the pair that never touches.
  top = POSITIONS + (evenCount + 2) * POINT;
  velocities = place(evenCount * POINT);
  anchors = place(evenCount * POINT);
  memberPoints = place(n * POINT);
  members = place(n * 4);
  cellOf = place(n * 4);
  home = place(n * 4);
  nextMoved = place(n * 4);
  previousMoved = place(n * 4);
  found = place(foundBytes());
  rowStarts = place((n + 1) * 4);
  cellStarts = place((cellsMax() + 1) * 4);
  firstMoved = place(cellsMax() * 4);
  rowSet = place(setBytes());
  extraRows = place(setBytes());
  firstExtra = place(n * 4);
  versions = place(cellsMax() * 4);
  pairs = place(0);
}

function place(bytes: u32): u32 {
  const at = (top + 63) & ~63;
  top = at + bytes;
  return at;
}

/** Makes every address below `end` usable, and a good part more when it has to grow. */
export function reserve(end: u32): void {
  const pages = memory.size();
  const needed = ((end >> 16) + 1) as i32;
  if (needed <= pages) return;
  if (memory.grow(needed - pages + (needed >> 3)) < 0) unreachable();
}
