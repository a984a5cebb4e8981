/**
 * The pair sweep in linear time, with the bits of the naive one. Each disk keeps a list of those
 * that could come into its reach, and the lists stay good while everybody is near the place
 * (anchor) where the lists were made. This is the reference of the compiled kernel.
 *
 * The invariant: a pair that is not listed has anchors at least `CONTACT_DISTANCE + skin` apart, so
 * while both disks are within `skin / 2` of their anchors they do not touch, and skipping their test
 * changes nothing. Only collisions move disks during a sweep. A disk that leaves its skin then gets
 * a new anchor, and the rows this concerns are looked up afresh when their turn comes.
 *
 * @module
 */
import { CellGrid } from "./cell_grid.ts";
import { collide, CONTACT_DISTANCE, CONTACT_SQUARED, type DiskState } from "./disks.ts";
import { IndexSet } from "./index_set.ts";

const SKIN_MIN = 8;
/** Makes the displacement test strict enough that rounding cannot matter. */
const SAFETY = 1 - 1e-9;
/** With more partners a disk than this, keeping lists costs more memory and time than it saves. */
const LISTED_PARTNERS_MAX = 24;
/** In a crowd each collision throws a disk about; its own row is looked up with this much slack. */
const CROWD_SKIN = 6;
const CROWD_SLACK = 16;

/** Skin that measured best: wide when there is room, never under 8. */
export function defaultSkin(state: DiskState): number {
  const area = state.box.width * state.box.height;
  const count = state.positions.length / 2;
  return Math.max(SKIN_MIN, Math.sqrt(area / (2 * count)) - CONTACT_DISTANCE);
}

/** Sweeps the pairs of one state, whose arrays it holds on to. */
export class ListSweep {
  readonly #state: DiskState;
  readonly #count: number;
  readonly #grid: CellGrid;
  readonly #skin: number;
  /** Squared distance from its anchor that a disk may reach. */
  readonly #strayLimit: number;
  /** How far a disk may stray while its own row is looked up afresh. */
  readonly #rowSlack: number;
  /** Whether lists are kept at all, or every row is looked up when its turn comes. */
  readonly #keepsLists: boolean;
  /** The partners of disk i, ascending, are `#partners[#rowStarts[i]…#rowStarts[i + 1]]`. */
  #partners = new Int32Array(0);
  readonly #rowStarts: Int32Array;
  /** 1 where the list of a row may lack a pair. */
  readonly #stale: Uint8Array;
  readonly #found: Int32Array;
  readonly #row: IndexSet;
  #valid = false;
  /** Times that a disk left its skin within a sweep. */
  repairs = 0;

  constructor(state: DiskState, options: { skin?: number; keepsLists?: boolean } = {}) {
    const count = state.positions.length / 2;
    const expected = expectedPartners(state, options.skin ?? defaultSkin(state));
    this.#keepsLists = options.keepsLists ?? expected <= LISTED_PARTNERS_MAX;
    this.#skin = options.skin ?? (this.#keepsLists ? defaultSkin(state) : CROWD_SKIN);
    this.#rowSlack = this.#keepsLists ? this.#skin / 2 : CROWD_SLACK;
    this.#strayLimit = (this.#skin / 2) ** 2 * SAFETY;
    this.#state = state;
    this.#count = count;
    const cellSize = CONTACT_DISTANCE + this.#skin;
    this.#grid = new CellGrid(count, { box: state.box, cellSize });
    this.#rowStarts = new Int32Array(count + 1);
    this.#stale = new Uint8Array(count);
    this.#found = new Int32Array(count);
    this.#row = new IndexSet(count);
  }

  /** Visits every pair that can touch, in the order of the naive sweep. */
  sweep(): void {
    if (!this.#valid || this.#someStrayed()) this.#rebuild();
    const stale = this.#stale;
    for (let i = 0; i < this.#count; i++) {
      if (stale[i] === 1) this.#sweepAfresh(i, i);
      else this.#sweepListed(i);
    }
  }

  #sweepListed(i: number): void {
    const state = this.#state, { positions } = state, partners = this.#partners;
    const end = this.#rowStarts[i + 1]!;
    for (let k = this.#rowStarts[i]!; k < end; k++) {
      const j = partners[k]!;
      const dx = positions[2 * i]! - positions[2 * j]!;
      const dy = positions[2 * i + 1]! - positions[2 * j + 1]!;
      if (!(dx * dx + dy * dy < CONTACT_SQUARED) || !collide(state, i, j)) continue;
      if (this.#strayed(j)) this.#reanchor(j, i);
      if (this.#strayed(i)) return this.#sweepAfresh(i, j);
    }
  }

  /** Visits the partners of disk `i` above `after` without a list. */
  #sweepAfresh(i: number, after: number): void {
    const state = this.#state, { positions } = state;
    const slackSquared = this.#rowSlack ** 2 * SAFETY;
    // The lists were made for anchors that no longer stand; the next sweep makes new ones.
    this.#valid = false;
    let x = positions[2 * i]!, y = positions[2 * i + 1]!;
    this.#lookUp(i, after);
    for (let j = this.#row.takeFrom(after); j >= 0; j = this.#row.takeFrom(j)) {
      if (!collide(state, i, j)) continue;
      if (this.#strayed(j)) this.#reanchor(j, i);
      const dx = positions[2 * i]! - x, dy = positions[2 * i + 1]! - y;
      if (dx * dx + dy * dy <= slackSquared) continue;
      x = positions[2 * i]!;
      y = positions[2 * i + 1]!;
      this.#lookUp(i, j);
    }
  }

  /** Adds to the row in hand all above `floor` that disk `i` can meet within its slack. */
  #lookUp(i: number, floor: number): void {
    const { positions } = this.#state, found = this.#found;
    const point = { x: positions[2 * i]!, y: positions[2 * i + 1]! };
    const reach = CONTACT_DISTANCE + this.#rowSlack + this.#skin / 2;
    const n = this.#grid.near(point, { reach, floor, found });
    for (let k = 0; k < n; k++) this.#row.add(found[k]!);
  }

  /**
   * Gives disk `j`, which left its skin during row `i`, a new anchor. Rows up to `i` are over in
   * this sweep; every later one that may meet `j` at its new place must not trust its list.
   */
  #reanchor(j: number, i: number): void {
    const { positions } = this.#state, found = this.#found;
    const point = { x: positions[2 * j]!, y: positions[2 * j + 1]! };
    this.repairs++;
    this.#valid = false;
    this.#grid.move(j, point.x, point.y);
    if (!this.#keepsLists) return;
    const reach = CONTACT_DISTANCE + this.#skin;
    const n = this.#grid.near(point, { reach, floor: i, found });
    for (let k = 0; k < n; k++) this.#stale[Math.min(j, found[k]!)] = 1;
  }

  #strayed(i: number): boolean {
    const { positions } = this.#state, { anchors } = this.#grid;
    const dx = positions[2 * i]! - anchors[2 * i]!;
    const dy = positions[2 * i + 1]! - anchors[2 * i + 1]!;
    return dx * dx + dy * dy > this.#strayLimit;
  }

  #someStrayed(): boolean {
    for (let i = 0; i < this.#count; i++) {
      if (this.#strayed(i)) return true;
    }
    return false;
  }

  #rebuild(): void {
    this.#grid.rebuild(this.#state);
    this.#valid = this.#keepsLists;
    this.#stale.fill(this.#keepsLists ? 0 : 1);
    if (!this.#keepsLists) return;
    const { positions } = this.#state, found = this.#found, rowStarts = this.#rowStarts;
    const reach = CONTACT_DISTANCE + this.#skin;
    let end = 0;
    for (let i = 0; i < this.#count; i++) {
      rowStarts[i] = end;
      const point = { x: positions[2 * i]!, y: positions[2 * i + 1]! };
      const n = this.#grid.near(point, { reach, floor: i, found });
      if (end + n > this.#partners.length) this.#growPartners(end + n);
      insertSorted(this.#partners, { found, n, end });
      end += n;
    }
    rowStarts[this.#count] = end;
  }

  #growPartners(needed: number): void {
    const larger = new Int32Array(needed + (needed >> 1) + 64);
    larger.set(this.#partners);
    this.#partners = larger;
  }
}

/** Copies the first `n` of `found` to `target` from `end` on, ascending; rows are short. */
function insertSorted(
  target: Int32Array,
  row: { found: Int32Array; n: number; end: number },
): void {
  const { found, n, end } = row;
  for (let k = 0; k < n; k++) {
    const value = found[k]!;
    let hole = end + k;
    for (; hole > end && target[hole - 1]! > value; hole--) target[hole] = target[hole - 1]!;
    target[hole] = value;
  }
}

/** Partners that a disk's list would hold if the disks were spread evenly. */
function expectedPartners(state: DiskState, skin: number): number {
  const density = state.positions.length / 2 / (state.box.width * state.box.height);
  return density * Math.PI * (CONTACT_DISTANCE + skin) ** 2 / 2;
}
