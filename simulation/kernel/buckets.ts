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
import { allChanged, changed, isCurrent, nextLook, noteLook } from "./versions";

/** Cells much smaller than what is searched waste less on corners. */
const CELL_SIZE: f64 = 7;

/** What a search returns that could not be made. */
export const LOST: u32 = 0xffff_ffff;

let columns: i32 = 1;
let rows: i32 = 1;
let perX: f64 = 0;
let perY: f64 = 0;
/** Anchors and numbers by slot; they lie where other runs keep their pairs. */
let points: u32 = 0;
let numbers: u32 = 0;

/** Cuts the box into cells and finds out where the buckets lie; returns where they end. */
export function layOutBuckets(): u32 {
  chooseCells();
  const slots = count + (count >> 2) + 8 * ((columns * rows) as u32);
  points = pairs;
  numbers = points + slots * POINT;
  return numbers + slots * 4;
}

/** Files all disks from number `first` on under their present positions, with room to grow. */
export function fillBuckets(first: u32): void {
  reserve(layOutBuckets());
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
  for (let i = first; i < count; i++) append(i, load<u32>(cellOf + i * 4));
  allChanged();
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
  changed(m);
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
    changed(m);
    return;
  }
  if (load<u32>(cellEnds + cell * 4) === load<u32>(cellStarts + cell * 4, 4)) {
    fillBuckets(row + 1);
    return;
  }
  removeFromBucket(m);
  store<u32>(cellOf + m * 4, cell);
  append(m, cell);
  changed(m);
}

/** Whether nothing changed since in the cells of a look. */
export function isLookCurrent(look: u32): bool {
  return isCurrent(look, columns as u32);
}

/**
 * Writes to `found` the disks with anchors nearer than `reach` to (x, y). Returns how many, or
 * `LOST` where a thread that looks ahead sees a grid in disorder, or looks more often than it may.
 */
export function nearInBuckets(x: f64, y: f64, reach: f64): u32 {
  const reachSquared = reach * reach;
  const left = columnAt(x - reach), right = columnAt(x + reach);
  const top = rowAt(y - reach), bottom = rowAt(y + reach);
  const ahead = nextLook !== 0;
  if (ahead) {
    const noted = noteLook(
      (top * columns + left) as u32,
      (right - left + 1) as u32,
      (bottom - top + 1) as u32,
      columns as u32,
    );
    if (!noted) return LOST;
  }
  const full = found + count * 4;
  let to = found;
  for (let row = top; row <= bottom; row++) {
    for (
      let cell = (row * columns + left) as u32;
      cell <= ((row * columns + right) as u32);
      cell++
    ) {
      const start = load<u32>(cellStarts + cell * 4), end = load<u32>(cellEnds + cell * 4);
      if (ahead && (end < start || to + (end - start) * 4 > full)) return LOST;
      for (let slot = start; slot < end; slot++) {
        const dx = x - load<f64>(points + slot * POINT);
        const dy = y - load<f64>(points + slot * POINT, 8);
        store<u32>(to, load<u32>(numbers + slot * 4));
        to += u32(dx * dx + dy * dy < reachSquared) << 2;
      }
    }
  }
  return (to - found) >> 2;
}
