import { assert, assertEquals } from "@std/assert";
import { CellGrid } from "./cell_grid.ts";
import type { DiskState } from "./disks.ts";
import { MersenneTwister } from "./mt19937.ts";
import { randomCases } from "./testing/states.ts";

Deno.test("near() finds what a search through all anchors finds", () => {
  for (const { name, state } of randomCases(60, 7)) {
    const grid = new CellGrid(state.positions.length / 2, { box: state.box, cellSize: 18 });
    grid.rebuild(state);
    for (const reach of [10, 18, 31]) assertFinds(grid, { name, reach });
  }
});

Deno.test("near() finds disks where they were moved to, also back at home and out of the box", () => {
  const random = new MersenneTwister(8);
  for (const { name, state } of randomCases(40, 9)) {
    const count = state.positions.length / 2;
    const grid = new CellGrid(count, { box: state.box, cellSize: 12 });
    grid.rebuild(state);
    for (let n = 0; n < 3 * count; n++) {
      const m = Math.floor(random.double() * count);
      if (n % 3 === 0) grid.move(m, ...home(state, m));
      else grid.move(m, somewhere(random, state.box.width), somewhere(random, state.box.height));
    }
    assertFinds(grid, { name, reach: 20 });
  }
});

Deno.test("CellGrid has at most about two cells a disk", () => {
  const grid = new CellGrid(10, { box: { width: 1e6, height: 1e6 }, cellSize: 18 });
  assert(grid.columns * grid.rows <= 36);
});

function home(state: DiskState, m: number): [x: number, y: number] {
  return [state.positions[2 * m]!, state.positions[2 * m + 1]!];
}

function somewhere(random: MersenneTwister, size: number): number {
  return random.double() * (size + 40) - 20;
}

function assertFinds(grid: CellGrid, options: { name: string; reach: number }): void {
  const { anchors } = grid;
  const count = anchors.length / 2;
  const found = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const x = anchors[2 * i]!, y = anchors[2 * i + 1]!;
    const expected: number[] = [];
    for (let k = i + 1; k < count; k++) {
      const dx = x - anchors[2 * k]!, dy = y - anchors[2 * k + 1]!;
      if (dx * dx + dy * dy < options.reach ** 2) expected.push(k);
    }
    const n = grid.near({ x, y }, { reach: options.reach, floor: i, found });
    assertEquals([...found.subarray(0, n)].sort((a, b) => a - b), expected, options.name);
  }
}
