/**
 * The grid of a crowd: each cell has a bucket of disks that come and go while the sweep is under
 * way. Disks whose row is over leave it, so that later rows do not meet them again.
 *
 * @module
 */
import { height, width } from "./disks";
import {
  cellOf,
  cellsMax,
  cellStarts,
  count,
  firstMoved as cellEnds,
  found,
  nextMoved as slotOf,
  pairs,
  POINT,
  POSITIONS,
  reserve,
} from "./memory";

/** Cells much smaller than what is searched waste less on corners. */
const CELL_SIZE: f64 = 7;

let columns: i32 = 1;
let rows: i32 = 1;
let perX: f64 = 0;
let perY: f64 = 0;
/** Anchors and numbers by slot; they lie where other runs keep their pairs. */
let points: u32 = 0;
let numbers: u32 = 0;

/** Files all disks from number `first` on under their present positions, with room to grow. */
export function fillBuckets(first: u32): void {
  chooseCells();
  const cells = (columns * rows) as u32;
  memory.fill(cellEnds, 0, cells * 4);
  for (let i = first; i < count; i++) {
    const cell = cellAt(POSITIONS + i * POINT);
    store<u32>(cellOf + i * 4, cell);
    store<u32>(cellEnds + cell * 4, load<u32>(cellEnds + cell * 4) + 1);
  }
  let slots: u32 = 0;
  for (let cell: u32 = 0; cell < cells; cell++) {
    const size = load<u32>(cellEnds + cell * 4);
    store<u32>(cellStarts + cell * 4, slots);
    store<u32>(cellEnds + cell * 4, slots);
    slots += size + (size >> 2) + 8;
  }
  store<u32>(cellStarts + cells * 4, slots);
  points = pairs;
  numbers = points + slots * POINT;
  reserve(numbers + slots * 4);
  for (let i = first; i < count; i++) append(i, load<u32>(cellOf + i * 4));
}

function chooseCells(): void {
  columns = max(1, (width / CELL_SIZE) as i32);
  rows = max(1, (height / CELL_SIZE) as i32);
  while ((columns as f64) * (rows as f64) > (cellsMax() as f64)) {
    columns = (columns + 1) >> 1;
    rows = (rows + 1) >> 1;
  }
  perX = (columns as f64) / width;
  perY = (rows as f64) / height;
}

function columnAt(x: f64): i32 {
  return max(0, min(columns - 1, (x * perX) as i32));
}

function rowAt(y: f64): i32 {
  return max(0, min(rows - 1, (y * perY) as i32));
}

function cellAt(point: u32): u32 {
  return (rowAt(load<f64>(point, 8)) * columns + columnAt(load<f64>(point))) as u32;
}

function append(m: u32, cell: u32): void {
  const slot = load<u32>(cellEnds + cell * 4);
  store<u32>(cellEnds + cell * 4, slot + 1);
  store<u32>(numbers + slot * 4, m);
  store<u32>(slotOf + m * 4, slot);
  v128.store(points + slot * POINT, v128.load(POSITIONS + m * POINT));
}

/** Takes disk `m` out: the last of its bucket fills its slot. */
export function removeFromBucket(m: u32): void {
  const cell = load<u32>(cellOf + m * 4), slot = load<u32>(slotOf + m * 4);
  const last = load<u32>(cellEnds + cell * 4) - 1;
  const filler = load<u32>(numbers + last * 4);
  store<u32>(cellEnds + cell * 4, last);
  store<u32>(numbers + slot * 4, filler);
  store<u32>(slotOf + filler * 4, slot);
  v128.store(points + slot * POINT, v128.load(points + last * POINT));
}

/** Address of the anchor of disk `m`. */
export function anchorOf(m: u32): u32 {
  return points + load<u32>(slotOf + m * 4) * POINT;
}

/** Files disk `m` under its present position. `row` is the row in hand, in case all must move. */
export function refile(m: u32, row: u32): void {
  const cell = cellAt(POSITIONS + m * POINT);
  if (cell === load<u32>(cellOf + m * 4)) {
    v128.store(anchorOf(m), v128.load(POSITIONS + m * POINT));
    return;
  }
  if (load<u32>(cellEnds + cell * 4) === load<u32>(cellStarts + cell * 4, 4)) {
    fillBuckets(row + 1);
    return;
  }
  removeFromBucket(m);
  store<u32>(cellOf + m * 4, cell);
  append(m, cell);
}

/** Writes to `found` the disks with anchors nearer than `reach` to (x, y). Returns how many. */
export function nearInBuckets(x: f64, y: f64, reach: f64): u32 {
  const reachSquared = reach * reach;
  const left = columnAt(x - reach), right = columnAt(x + reach);
  const bottom = rowAt(y + reach);
  let to = found;
  for (let row = rowAt(y - reach); row <= bottom; row++) {
    for (
      let cell = (row * columns + left) as u32;
      cell <= ((row * columns + right) as u32);
      cell++
    ) {
      const end = load<u32>(cellEnds + cell * 4);
      for (let slot = load<u32>(cellStarts + cell * 4); slot < end; slot++) {
        const dx = x - load<f64>(points + slot * POINT);
        const dy = y - load<f64>(points + slot * POINT, 8);
        store<u32>(to, load<u32>(numbers + slot * 4));
        to += u32(dx * dx + dy * dy < reachSquared) << 2;
      }
    }
  }
  return (to - found) >> 2;
}
