/**
 * The sweep of a crowd on several threads. Helpers work out ahead what the next rows will do, each
 * from what it sees, and write it down; they change no disk. The thread that owns the sweep takes
 * the rows strictly in order: what was written down for a row is carried out if nothing that the
 * helper looked at has changed since, else the row is swept as if there were no helpers. So the
 * bits cannot depend on helpers, and nobody waits for one that is late or dead.
 *
 * Every row of every sweep has a ticket of its own; whoever claims it works on that row.
 *
 * @module
 */
import { isLookCurrent, layOutBuckets, removeFromBucket } from "./buckets";
import { chooseSlack, EFFECT, fileAgain, nextEffect, sweepRow, tryRow } from "./crowd";
import { countPairHits, pairHits, setBox } from "./disks";
import {
  BOARD,
  cellOf,
  count,
  foundBytes,
  layOut,
  POINT,
  POSITIONS,
  reserve,
  rowSet,
  setBytes,
  velocities,
  workAt,
} from "./memory";
import { epoch, keepVersions, LOOK, nextLook, noteLooks, versionOf } from "./versions";

/** The board, a cache line each: next ticket to claim, first one that is not yet carried out, … */
const NEXT: u32 = BOARD + 64;
const CARRIED_OUT: u32 = BOARD + 128;
/** … ticket of row 0 and of the row after the last, … */
const FIRST: u32 = BOARD + 192;
const LIMIT: u32 = BOARD + 256;
/** … how many helpers may work, and a word that never changes, to doze on. */
const HELPERS: u32 = BOARD + 320;
const DOZE: u32 = BOARD + 384;

/** What is written down about a row: epoch, cell and its version, ends of the notes, hits, … */
const EPOCH: u32 = 0;
const CELL: u32 = 4;
const VERSION: u32 = 8;
const LOOKS_END: u32 = 12;
const EFFECTS_END: u32 = 16;
const HITS: u32 = 24;
/** … the disk's own point and velocity, what was looked at, what happens to others. */
const SELF: u32 = 32;
const LOOKS: u32 = 64;
const LOOKS_MAX: u32 = 32;
const EFFECTS: u32 = LOOKS + LOOKS_MAX * LOOK;
const EFFECTS_MAX: u32 = 2000;
/** Room for one effect too many. */
const NOTE_BYTES: u32 = (EFFECTS + (EFFECTS_MAX + 2) * EFFECT + 63) & ~63;

/** A helper that finds nothing to do looks again at once this often, then dozes. */
const LOOKS_AWAKE: u32 = 100;
const DOZE_NS: i64 = 200_000;
/** One that may not work just now dozes longer. */
const REST_NS: i64 = 10_000_000;
/** After this time in which nothing moved, the owner is taken for dead. */
const SILENCE_NS: i64 = 2_000_000_000;

/** Tickets that may be open at a time: a power of two. */
let window: u32 = 0;
/** For each open ticket who has worked it out: the ticket and where it is written down. */
let told: u32 = 0;
/** Notes of this thread, one for each open ticket. */
let notes: u32 = 0;
/** True in the thread that owns the sweep, once it has helpers. */
let hasHelpers: bool = false;
/** Rows carried out as they were worked out ahead, and rows worked out in vain. */
export let takenRows: f64 = 0;
export let wastedRows: f64 = 0;
/** Rows of this sweep that are done. */
let rowsDone: u32 = 0;
/** The ticket that this thread claimed last. */
export let claimed: u32 = 0;

// --- the owner of the sweep ------------------------------------------------------------------

/** Makes room for `threads` threads in all, of which this one, the owner, is the first. */
export function enlist(threads: u32): void {
  reserve(layOutCrew(threads, 0));
  memory.fill(told, 0xff, window * 8);
  hasHelpers = true;
  keepVersions(true);
  atomic.store<u32>(FIRST, 0);
  atomic.store<u32>(LIMIT, count);
  atomic.store<u32>(CARRIED_OUT, rowsDone);
  atomic.store<u32>(NEXT, rowsDone);
}

/** How many helpers may work from now on; the others doze. */
export function allowHelpers(helpers: u32): void {
  atomic.store<u32>(HELPERS, helpers);
}

/** Begins a sweep. */
export function openSweep(): void {
  rowsDone = 0;
  if (!hasHelpers) return;
  const first = load<u32>(LIMIT);
  atomic.store<u32>(FIRST, first);
  atomic.store<u32>(LIMIT, first + count);
}

/** Sweeps at least one and about `rows` rows more; returns how many are done in all. */
export function sweepRows(rows: u32): u32 {
  const end = min(count, rowsDone + rows);
  if (!hasHelpers) {
    while (rowsDone < end) sweepRow(rowsDone++);
  } else {
    while (rowsDone < end) settle();
  }
  return rowsDone;
}

/** Gets the next row done, or, while a helper is at it, works out one further ahead. */
function settle(): void {
  const ticket = load<u32>(FIRST) + rowsDone;
  const words = atomic.load<u64>(toldAt(ticket));
  if (((words >> 32) as u32) === ticket) {
    const note = words as u32;
    if (note !== 0 && isSound(note, rowsDone)) {
      carryOut(note);
      takenRows += 1;
    } else {
      sweepRow(rowsDone);
      wastedRows += 1;
    }
  } else if (claim() && claimed !== ticket) {
    return foresee(claimed);
  } else {
    // Nobody has it, or there is nothing else to do than not to wait for who has it.
    sweepRow(rowsDone);
  }
  rowsDone++;
  atomic.store<u32>(CARRIED_OUT, ticket + 1);
}

/** Whether all that was looked at for this note is as it was. */
function isSound(note: u32, row: u32): bool {
  const cell = load<u32>(note, CELL);
  if (load<u32>(note, EPOCH) !== epoch() || load<u32>(cellOf + row * 4) !== cell) return false;
  if (versionOf(cell) !== load<u32>(note, VERSION)) return false;
  const end = load<u32>(note, LOOKS_END);
  for (let look = note + LOOKS; look < end; look += LOOK) {
    if (!isLookCurrent(look)) return false;
  }
  return true;
}

function carryOut(note: u32): void {
  const row = rowsDone;
  removeFromBucket(row);
  v128.store(POSITIONS + row * POINT, v128.load(note, SELF));
  v128.store(velocities + row * POINT, v128.load(note, SELF + POINT));
  countPairHits(load<f64>(note, HITS));
  const end = load<u32>(note, EFFECTS_END);
  for (let effect = note + EFFECTS; effect < end; effect += EFFECT) {
    const m = load<u32>(effect, 2 * POINT);
    v128.store(POSITIONS + m * POINT, v128.load(effect));
    v128.store(velocities + m * POINT, v128.load(effect, POINT));
    fileAgain(m, row);
  }
}

// --- helpers ---------------------------------------------------------------------------------

/** Makes this instance, on the memory of another, its helper number `index` of `threads`. */
export function join(
  n: u32,
  width: f64,
  height: f64,
  pulls: bool,
  threads: u32,
  index: u32,
): void {
  layOut(n);
  setBox(width, height, pulls);
  chooseSlack();
  layOutCrew(threads, index);
  memory.fill(rowSet, 0, setBytes());
}

/** Helps until no row of the present sweep is left to claim. */
export function help(index: u32): void {
  let looks: u32 = 0, seen: u32 = 0;
  let silence: i64 = 0;
  while (atomic.load<u32>(NEXT) !== atomic.load<u32>(LIMIT)) {
    const allowed = index <= atomic.load<u32>(HELPERS);
    if (allowed && claim()) {
      foresee(claimed);
      looks = 0;
      continue;
    }
    if (allowed && ++looks < LOOKS_AWAKE) continue;
    const carriedOut = atomic.load<u32>(CARRIED_OUT);
    if (carriedOut !== seen) silence = 0;
    seen = carriedOut;
    if (silence > SILENCE_NS) return;
    const pause = allowed ? DOZE_NS : REST_NS;
    silence += pause;
    atomic.wait<i32>(DOZE, 0, pause);
  }
}

// --- all threads -----------------------------------------------------------------------------

/** Claims the next ticket, unless the sweep has no more, or too many are open. */
export function claim(): bool {
  while (true) {
    const ticket = atomic.load<u32>(NEXT);
    if (ticket === atomic.load<u32>(LIMIT)) return false;
    if (ticket - atomic.load<u32>(CARRIED_OUT) >= window) return false;
    if (atomic.cmpxchg<u32>(NEXT, ticket, ticket + 1) !== ticket) continue;
    claimed = ticket;
    return true;
  }
}

/** Works out the row of a claimed ticket. Exported from the module so that it gets fast code. */
export function foresee(ticket: u32): void {
  const note = notes + (ticket & (window - 1)) * NOTE_BYTES;
  const hitsBefore = pairHits;
  const sound = workOut(ticket - atomic.load<u32>(FIRST), note);
  store<f64>(note, pairHits - hitsBefore, HITS);
  countPairHits(hitsBefore - pairHits);
  const words = ((ticket as u64) << 32) | ((sound ? note : 0) as u64);
  atomic.store<u64>(toldAt(ticket), words);
}

/** Versions are read before what they speak of, at each place. */
function workOut(row: u32, note: u32): bool {
  if (row >= count) return false;
  store<u32>(note, epoch(), EPOCH);
  const cell = load<u32>(cellOf + row * 4);
  store<u32>(note, cell, CELL);
  store<u32>(note, versionOf(cell), VERSION);
  v128.store(note, v128.load(POSITIONS + row * POINT), SELF);
  v128.store(note, v128.load(velocities + row * POINT), SELF + POINT);
  noteLooks(note + LOOKS, note + EFFECTS);
  const self = note + SELF, effects = note + EFFECTS;
  const sound = tryRow(row, self, self + POINT, effects, effects + EFFECTS_MAX * EFFECT);
  store<u32>(note, nextLook, LOOKS_END);
  store<u32>(note, nextEffect, EFFECTS_END);
  noteLooks(0, 0);
  return sound;
}

function toldAt(ticket: u32): u32 {
  return told + (ticket & (window - 1)) * 8;
}

/** Finds out where the crew's things lie; returns their end. Thread 0 is the owner. */
function layOutCrew(threads: u32, index: u32): u32 {
  window = 16;
  while (window < 4 * threads) window *= 2;
  told = (layOutBuckets() + 63) & ~63;
  const allNotes = told + window * 8, noteBytes = window * NOTE_BYTES;
  notes = allNotes + index * noteBytes;
  const work = allNotes + threads * noteBytes;
  const setSize = setBytes(), foundSize = (foundBytes() + 63) & ~63;
  const size = ((setSize + 63) & ~63) + foundSize;
  if (index > 0) workAt(work + (index - 1) * size, work + (index - 1) * size + foundSize);
  return work + (threads - 1) * size;
}
