/**
 * The columns of a chart over time: where nothing was recorded, the line breaks off.
 *
 * @module
 */

export type Column = (number | null)[];

/** Longer than this between two samples, in steps, and the farm was away: one may be late. */
const GAP_STEPS = 2.5;

/** The same columns (the first holds the times, in seconds) with an empty row in every gap. */
export function withGaps(columns: readonly Column[], stepSeconds: number): Column[] {
  const [at = []] = columns;
  const broken = columns.map((): Column => []);
  at.forEach((time, row) => {
    const before = at[row - 1] ?? null;
    if (before !== null && time! - before > GAP_STEPS * stepSeconds) {
      broken.forEach((column, k) => column.push(k === 0 ? before + stepSeconds : null));
    }
    broken.forEach((column, k) => column.push(columns[k]![row] ?? null));
  });
  return broken;
}

/** Rows whose value stands alone: no line leads to it, so it has to be drawn as a point. */
export function lonely(column: ArrayLike<number | null | undefined>): number[] {
  const absent = (row: number) => column[row] === null || column[row] === undefined;
  return Array.from(column, (_, row) => row)
    .filter((row) => !absent(row) && absent(row - 1) && absent(row + 1));
}
