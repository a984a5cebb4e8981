/**
 * The box cut into cells, so that the disks near a point are found without asking all of them. Each
 * disk is filed under its anchor: the place where it was last looked up, not where it is now.
 *
 * @module
 */
import type { Box, DiskState } from "./disks.ts";

const NONE = -1;

/**
 * Most members are in an array ordered by cell. A disk that has since moved to another cell is
 * left there as a dead entry (its `cellOf` differs) and linked into the list of its new cell.
 */
export class CellGrid {
  readonly columns: number;
  readonly rows: number;
  /** x0, y0, x1, y1, … of the anchors. */
  readonly anchors: Float64Array;
  readonly #perX: number;
  readonly #perY: number;
  readonly #cellOf: Int32Array;
  readonly #home: Int32Array;
  readonly #starts: Int32Array;
  readonly #members: Int32Array;
  readonly #firstMoved: Int32Array;
  readonly #nextMoved: Int32Array;
  readonly #previousMoved: Int32Array;

  /** Cells are at least `cellSize` wide, but never many more than two a disk. */
  constructor(count: number, options: { box: Box; cellSize: number }) {
    const { box, cellSize } = options;
    let columns = Math.max(1, Math.floor(box.width / cellSize));
    let rows = Math.max(1, Math.floor(box.height / cellSize));
    while (columns * rows > 2 * count + 16) {
      columns = (columns + 1) >> 1;
      rows = (rows + 1) >> 1;
    }
    this.columns = columns;
    this.rows = rows;
    this.#perX = columns / box.width;
    this.#perY = rows / box.height;
    this.anchors = new Float64Array(2 * count);
    this.#cellOf = new Int32Array(count);
    this.#home = new Int32Array(count);
    this.#starts = new Int32Array(columns * rows + 1);
    this.#members = new Int32Array(count);
    this.#firstMoved = new Int32Array(columns * rows);
    this.#nextMoved = new Int32Array(count);
    this.#previousMoved = new Int32Array(count);
  }

  /** Files every disk under its present position. */
  rebuild(state: DiskState): void {
    const { positions } = state;
    const home = this.#home, starts = this.#starts, members = this.#members;
    this.anchors.set(positions);
    this.#firstMoved.fill(NONE);
    starts.fill(0);
    for (let i = 0; i < home.length; i++) {
      const cell = this.#cellAt(positions[2 * i]!, positions[2 * i + 1]!);
      home[i] = cell;
      starts[cell]!++;
    }
    this.#cellOf.set(home);
    let end = 0;
    for (let cell = 0; cell < starts.length; cell++) starts[cell] = end += starts[cell]!;
    // From the back, so that each cell's members ascend and each start ends up at its first one.
    for (let i = home.length - 1; i >= 0; i--) members[--starts[home[i]!]!] = i;
  }

  /** Files disk `m` under the point (x, y) from now on. */
  move(m: number, x: number, y: number): void {
    this.anchors[2 * m] = x;
    this.anchors[2 * m + 1] = y;
    const from = this.#cellOf[m]!, to = this.#cellAt(x, y);
    if (from === to) return;
    const home = this.#home[m]!;
    if (from !== home) this.#unlink(m, from);
    if (to !== home) this.#link(m, to);
    this.#cellOf[m] = to;
  }

  /**
   * Writes to `found` the disks above `floor` whose anchors are nearer than `reach` to (x, y), in
   * no particular order. Returns how many. `found` must have room for every disk.
   */
  near(
    point: { x: number; y: number },
    options: { reach: number; floor: number; found: Int32Array },
  ): number {
    const { x, y } = point;
    const { reach, floor, found } = options;
    const { anchors } = this;
    const cellOf = this.#cellOf, members = this.#members, starts = this.#starts;
    const reachSquared = reach * reach;
    const left = this.#column(x - reach), right = this.#column(x + reach);
    const top = this.#row(y - reach), bottom = this.#row(y + reach);
    let n = 0;
    for (let row = top; row <= bottom; row++) {
      for (let cell = row * this.columns + left; cell <= row * this.columns + right; cell++) {
        // Members ascend: from the end, all above the floor come first.
        for (let k = starts[cell + 1]! - 1; k >= starts[cell]!; k--) {
          const m = members[k]!;
          if (m <= floor) break;
          const dx = x - anchors[2 * m]!, dy = y - anchors[2 * m + 1]!;
          if (dx * dx + dy * dy < reachSquared && cellOf[m] === cell) found[n++] = m;
        }
        for (let m = this.#firstMoved[cell]!; m !== NONE; m = this.#nextMoved[m]!) {
          const dx = x - anchors[2 * m]!, dy = y - anchors[2 * m + 1]!;
          if (m > floor && dx * dx + dy * dy < reachSquared) found[n++] = m;
        }
      }
    }
    return n;
  }

  #link(m: number, cell: number): void {
    const next = this.#firstMoved[cell]!;
    this.#firstMoved[cell] = m;
    this.#nextMoved[m] = next;
    this.#previousMoved[m] = NONE;
    if (next !== NONE) this.#previousMoved[next] = m;
  }

  #unlink(m: number, cell: number): void {
    const next = this.#nextMoved[m]!, previous = this.#previousMoved[m]!;
    if (previous === NONE) this.#firstMoved[cell] = next;
    else this.#nextMoved[previous] = next;
    if (next !== NONE) this.#previousMoved[next] = previous;
  }

  // Points outside the box count to the cells at its border; clamping keeps the order of
  // coordinates, so whatever is within reach of a point is still between its two corner cells.
  #cellAt(x: number, y: number): number {
    return this.#row(y) * this.columns + this.#column(x);
  }

  #column(x: number): number {
    return Math.max(0, Math.min(this.columns - 1, Math.floor(x * this.#perX)));
  }

  #row(y: number): number {
    return Math.max(0, Math.min(this.rows - 1, Math.floor(y * this.#perY)));
  }
}
