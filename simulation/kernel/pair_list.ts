/**
 * The list of all pairs that can touch while every disk stays within half a skin of its anchor:
 * one flat array in the order of the sweep, so that walking it is a loop without surprises.
 *
 * @module
 */
import { squaredLengths } from "./disks";
import { columnAt, columns, dropGrid, rebuildGrid, rowAt, rows } from "./grid";
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
const ALL_PAIRS_MAX: u32 = 160;
/** Bytes of a pair; the sweep walks four of them at a time. */
export const PAIR: u32 = 8;
export const GROUP: u32 = 4 * PAIR;

/** Address after the last pair, before the padding. */
export let pairsEnd: u32 = 0;

/** Makes the list of all pairs closer than `reach` and anchors every disk where it is. */
export function rebuildList(reach: f64): void {
  memory.copy(anchors, POSITIONS, count * POINT);
  if (count > ALL_PAIRS_MAX) {
    rebuildGrid(reach);
    pairsEnd = listByCells(reach * reach);
  } else {
    dropGrid();
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

function squaredDistance(p: v128, q: v128): f64 {
  const d = f64x2.sub(p, q);
  const squares = f64x2.mul(d, d);
  return f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1);
}

function listByCells(reachSquared: f64): u32 {
  let end = pairs;
  for (let i: u32 = 0; i < count; i++) {
    store<u32>(rowStarts + i * 4, end);
    const begin = end;
    const point = v128.load(POSITIONS + i * POINT);
    const column = columnAt(f64x2.extract_lane(point, 0));
    const row = rowAt(f64x2.extract_lane(point, 1));
    const left = max(0, column - 1), right = min(columns - 1, column + 1);
    const bottom = min(rows - 1, row + 1);
    for (let r = max(0, row - 1); r <= bottom; r++) {
      // Cells of one row of the grid are neighbours in memory: their members are one run.
      const first = load<u32>(cellStarts + (r * columns + left) * 4);
      const last = load<u32>(cellStarts + (r * columns + right) * 4, 4);
      reserve(end + (last - first + 1) * PAIR);
      for (let k = first; k < last; k++) {
        const j = load<u32>(members + k * 4);
        store<u64>(end, pack(i * POINT, j * POINT));
        const near = squaredDistance(point, v128.load(memberPoints + k * POINT)) < reachSquared;
        end += (u32(near) & u32(j > i)) * PAIR;
      }
    }
    sortRow(begin, end);
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
