/**
 * The list of all pairs that can touch while every disk stays within half a skin of its anchor:
 * one flat array in the order of the sweep, so that walking it is a loop without surprises.
 *
 * @module
 */
import { squaredLengths } from "./disks";
import { columns, dropGrid, rebuildGrid, rows } from "./grid";
import { clearExtras } from "./extras";
import {
  anchors,
  cellStarts,
  count,
  evenCount,
  memberPoints,
  members,
  pairs,
  POINT,
  POSITIONS,
  reserve,
  rowStarts,
} from "./memory";

/** Up to this many disks it is faster to try all pairs than to sort the disks into cells. */
const ALL_PAIRS_MAX: u32 = 80;
/** Bytes of a pair; the sweep walks four of them at a time. */
export const PAIR: u32 = 8;
export const GROUP: u32 = 4 * PAIR;

let pairsStart: u32 = 0;
/** Address after the last pair, before the padding. */
export let pairsEnd: u32 = 0;

/** Makes the list of all pairs closer than `reach` and anchors every disk where it is. */
export function rebuildList(reach: f64): void {
  memory.copy(anchors, POSITIONS, count * POINT);
  if (count > ALL_PAIRS_MAX) {
    rebuildGrid(reach);
    listByCells(reach * reach);
  } else {
    dropGrid();
    pairsStart = pairs;
    pairsEnd = listAllPairs(reach * reach);
  }
  store<u32>(rowStarts + count * 4, pairsEnd);
  reserve(pairsEnd + GROUP);
  // The pair that never touches fills the last group up.
  const idle = pack(evenCount * POINT, (evenCount + 1) * POINT);
  for (let k: u32 = 0; k < GROUP; k += PAIR) store<u64>(pairsEnd + k, idle);
  clearExtras(pairsEnd + GROUP);
}

// @ts-ignore: decorator
@inline
function pack(i: u32, j: u32): u64 {
  return (i as u64) | ((j as u64) << 32);
}

function listAllPairs(reachSquared: f64): u32 {
  reserve(pairs + (count * count / 2 + 1) * PAIR);
  let end = pairs;
  const last = count * POINT, limit = f64x2.splat(reachSquared);
  for (let i: u32 = 0; i < last; i += POINT) {
    store<u32>(rowStarts + (i >> 2), end);
    const point = v128.load(i, POSITIONS);
    let j = i + POINT;
    for (; j + POINT < last; j += 2 * POINT) {
      const d0 = f64x2.sub(point, v128.load(j, POSITIONS));
      const d1 = f64x2.sub(point, v128.load(j, POSITIONS + POINT));
      const near = i64x2.bitmask(f64x2.lt(squaredLengths(d0, d1), limit));
      if (near === 0) continue;
      store<u64>(end, pack(i, j));
      end += (near & 1) * PAIR;
      store<u64>(end, pack(i, j + POINT));
      end += (near >> 1) * PAIR;
    }
    if (j < last && squaredDistance(point, v128.load(j, POSITIONS)) < reachSquared) {
      store<u64>(end, pack(i, j));
      end += PAIR;
    }
  }
  return end;
}

// @ts-ignore: decorator
@inline
function squaredDistance(p: v128, q: v128): f64 {
  const d = f64x2.sub(p, q);
  const squares = f64x2.mul(d, d);
  return f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1);
}

function listByCells(reachSquared: f64): void {
  pairsStart = findPairs(f64x2.splat(reachSquared));
  pairsEnd = 2 * pairsStart - pairs;
  reserve(pairsEnd);
  // Counting sort by the first disk, in place of the unsorted pairs' neighbour in memory.
  memory.fill(rowStarts, 0, (count + 1) * 4);
  for (let p = pairs; p < pairsStart; p += PAIR) {
    const row = rowStarts + (load<u32>(p) >> 2);
    store<u32>(row, load<u32>(row) + PAIR);
  }
  let end = pairsStart;
  for (let row = rowStarts; row < rowStarts + count * 4; row += 4) {
    end += load<u32>(row);
    store<u32>(row, end);
  }
  for (let p = pairs; p < pairsStart; p += PAIR) {
    const row = rowStarts + (load<u32>(p) >> 2);
    const to = load<u32>(row) - PAIR;
    store<u32>(row, to);
    store<u64>(to, load<u64>(p));
  }
  let begin = pairsStart;
  for (let row = rowStarts + 4; row < rowStarts + count * 4; row += 4) {
    const next = load<u32>(row);
    if (next > begin + PAIR) sortRow(begin, next);
    begin = next;
  }
  sortRow(begin, pairsEnd);
}

/** Writes all pairs closer than the limit in the order of the cells; returns their end. */
function findPairs(limit: v128): u32 {
  let end = pairs;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const cell = cellStarts + (row * columns + column) * 4;
      const first = load<u32>(cell), last = load<u32>(cell, 4);
      if (first === last) continue;
      // Cells of one row of the grid are neighbours in memory: their members are one run.
      const right = cell + (column + 1 < columns ? 4 : 0);
      const left = cell - (column > 0 ? 4 : 0);
      const here = load<u32>(right, 4);
      const below = row + 1 < rows ? load<u32>(left + columns * 4) : 0;
      const belowEnd = row + 1 < rows ? load<u32>(right + columns * 4, 4) : 0;
      reserve(end + (last - first) * (here - first + belowEnd - below) * PAIR);
      for (let k = first; k < last; k++) {
        end = pairWithRun(k, k + 1, here, limit, end);
        end = pairWithRun(k, below, belowEnd, limit, end);
      }
    }
  }
  return end;
}

/** Writes the pairs of member `k` with the members from `first` up to `last`. */
// @ts-ignore: decorator
@inline
function pairWithRun(k: u32, first: u32, last: u32, limit: v128, end: u32): u32 {
  const point = v128.load(memberPoints + k * POINT);
  const i = load<u32>(members + k * 4) * POINT;
  let m = first;
  for (; m + 1 < last; m += 2) {
    const d0 = f64x2.sub(point, v128.load(memberPoints + m * POINT));
    const d1 = f64x2.sub(point, v128.load(memberPoints + m * POINT, 16));
    const near = i64x2.bitmask(f64x2.lt(squaredLengths(d0, d1), limit));
    const j0 = load<u32>(members + m * 4) * POINT, j1 = load<u32>(members + m * 4, 4) * POINT;
    store<u64>(end, pack(min(i, j0), max(i, j0)));
    end += (near & 1) * PAIR;
    store<u64>(end, pack(min(i, j1), max(i, j1)));
    end += (near >> 1) * PAIR;
  }
  if (m < last) {
    const near = squaredDistance(point, v128.load(memberPoints + m * POINT));
    const j = load<u32>(members + m * 4) * POINT;
    store<u64>(end, pack(min(i, j), max(i, j)));
    end += u32(near < f64x2.extract_lane(limit, 0)) * PAIR;
  }
  return end;
}

/** Sorts the pairs of one row by their second disk; rows are short. */
function sortRow(begin: u32, end: u32): void {
  for (let k = begin + PAIR; k < end; k += PAIR) {
    const pair = load<u64>(k);
    let hole = k;
    for (; hole > begin && load<u64>(hole - PAIR) > pair; hole -= PAIR) {
      store<u64>(hole, load<u64>(hole - PAIR));
    }
    store<u64>(hole, pair);
  }
}
