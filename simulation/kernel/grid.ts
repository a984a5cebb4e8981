/**
 * The box cut into cells, with the disks filed under their anchors; see `cell_grid.ts` of the
 * TypeScript reference, which this follows.
 *
 * @module
 */
import { height, width } from "./disks";
import {
  anchors,
  cellOf,
  cellsMax,
  cellStarts,
  count,
  firstMoved,
  found,
  home,
  memberPoints,
  members,
  nextMoved,
  POINT,
  previousMoved,
} from "./memory";

const NONE: u32 = 0xffff_ffff;

/** Columns of cells; 0 while there is no grid, as the disks are too few to need one. */
export let columns: i32 = 0;
export let rows: i32 = 1;
let perX: f64 = 0;
let perY: f64 = 0;

/** From now on, searches go through all anchors. */
export function dropGrid(): void {
  columns = rows = 0;
}

/** Files every disk under its anchor, in cells at least `cellSize` wide. */
export function rebuildGrid(cellSize: f64): void {
  chooseCells(cellSize);
  const cells = (columns * rows) as u32;
  memory.fill(firstMoved, 0xff, cells * 4);
  memory.fill(cellStarts, 0, (cells + 1) * 4);
  for (let i: u32 = 0; i < count; i++) {
    const point = anchors + i * POINT;
    const cell = cellAt(load<f64>(point), load<f64>(point, 8));
    store<u32>(cellOf + i * 4, cell);
    const start = cellStarts + cell * 4;
    store<u32>(start, load<u32>(start) + 1);
  }
  memory.copy(home, cellOf, count * 4);
  let end: u32 = 0;
  for (let start = cellStarts; start <= cellStarts + cells * 4; start += 4) {
    end += load<u32>(start);
    store<u32>(start, end);
  }
  // From the back, so that each cell's members ascend and each start ends up at its first one.
  for (let i = (count - 1) as i32; i >= 0; i--) {
    const start = cellStarts + load<u32>(cellOf + i * 4) * 4;
    const slot = load<u32>(start) - 1;
    store<u32>(start, slot);
    store<u32>(members + slot * 4, i);
    v128.store(memberPoints + slot * POINT, v128.load(anchors + i * POINT));
  }
}

function chooseCells(cellSize: f64): void {
  columns = max(1, (width / cellSize) as i32);
  rows = max(1, (height / cellSize) as i32);
  while ((columns as f64) * (rows as f64) > (cellsMax() as f64)) {
    columns = (columns + 1) >> 1;
    rows = (rows + 1) >> 1;
  }
  perX = (columns as f64) / width;
  perY = (rows as f64) / height;
}

// Points outside the box count to the cells at its border; clamping keeps the order of coordinates.
export function columnAt(x: f64): i32 {
  return max(0, min(columns - 1, (x * perX) as i32));
}

export function rowAt(y: f64): i32 {
  return max(0, min(rows - 1, (y * perY) as i32));
}

function cellAt(x: f64, y: f64): u32 {
  return (rowAt(y) * columns + columnAt(x)) as u32;
}

/** Files disk `m` under the point (x, y) from now on. */
export function move(m: u32, x: f64, y: f64): void {
  store<f64>(anchors + m * POINT, x);
  store<f64>(anchors + m * POINT, y, 8);
  if (columns === 0) return;
  const from = load<u32>(cellOf + m * 4), to = cellAt(x, y), at = load<u32>(home + m * 4);
  if (from === to) return;
  if (from !== at) unlink(m, from);
  if (to !== at) link(m, to);
  store<u32>(cellOf + m * 4, to);
}

function link(m: u32, cell: u32): void {
  const next = load<u32>(firstMoved + cell * 4);
  store<u32>(firstMoved + cell * 4, m);
  store<u32>(nextMoved + m * 4, next);
  store<u32>(previousMoved + m * 4, NONE);
  if (next !== NONE) store<u32>(previousMoved + next * 4, m);
}

function unlink(m: u32, cell: u32): void {
  const next = load<u32>(nextMoved + m * 4), previous = load<u32>(previousMoved + m * 4);
  if (previous === NONE) store<u32>(firstMoved + cell * 4, next);
  else store<u32>(nextMoved + previous * 4, next);
  if (next !== NONE) store<u32>(previousMoved + next * 4, previous);
}

/**
 * Writes to `found` the disks above `floor` whose anchors are nearer than `reach` to (x, y).
 * Returns how many.
 */
export function near(x: f64, y: f64, reach: f64, floor: i32): u32 {
  const reachSquared = reach * reach;
  if (columns === 0) return nearAmongAll(x, y, reachSquared, floor);
  const left = columnAt(x - reach), right = columnAt(x + reach);
  const bottom = rowAt(y + reach);
  let n: u32 = 0;
  for (let row = rowAt(y - reach); row <= bottom; row++) {
    for (
      let cell = (row * columns + left) as u32;
      cell <= ((row * columns + right) as u32);
      cell++
    ) {
      // Members ascend: from the end, all above the floor come first.
      const first = members + load<u32>(cellStarts + cell * 4) * 4;
      for (let k = members + load<u32>(cellStarts + cell * 4, 4) * 4; k > first;) {
        k -= 4;
        const m = load<u32>(k);
        if ((m as i32) <= floor) break;
        store<u32>(found + n * 4, m);
        n += u32(isNear(m, x, y, reachSquared)) & u32(load<u32>(cellOf + m * 4) === cell);
      }
      for (
        let m = load<u32>(firstMoved + cell * 4);
        m !== NONE;
        m = load<u32>(nextMoved + m * 4)
      ) {
        if ((m as i32) <= floor || !isNear(m, x, y, reachSquared)) continue;
        store<u32>(found + n * 4, m);
        n++;
      }
    }
  }
  return n;
}

function nearAmongAll(x: f64, y: f64, reachSquared: f64, floor: i32): u32 {
  let n: u32 = 0;
  for (let m = (floor + 1) as u32; m < count; m++) {
    store<u32>(found + n * 4, m);
    n += u32(isNear(m, x, y, reachSquared));
  }
  return n;
}

// @ts-ignore: decorator
@inline
function isNear(m: u32, x: f64, y: f64, reachSquared: f64): bool {
  const dx = x - load<f64>(anchors + m * POINT), dy = y - load<f64>(anchors + m * POINT, 8);
  return dx * dx + dy * dy < reachSquared;
}
