/**
 * How long it will take until everything is done: from what waits, how fast tasks have been completed
 * of late, and how far those are that run now.
 *
 * @module
 */

/** A running task that has told how far it is. */
export interface Advanced {
  readonly elapsedS: number;
  /** Share of its steps that is done, above 0, at most 1. */
  readonly share: number;
}

export interface Outlook {
  /** Tasks that have not ended, running ones among them. */
  readonly open: number;
  readonly advanced: readonly Advanced[];
  readonly slots: number;
  /** Tasks completed a second, of late. */
  readonly pace: number;
  /** Mean execution time so far, seconds; null before the first. */
  readonly meanS: number | null;
}

/**
 * Seconds until everything is done, by the pace of late; while nothing was completed, by the mean
 * task, or by what the running ones will have taken. Never less than the slowest of those still
 * needs. Null when nothing can be said.
 */
export function secondsLeft({ open, advanced, slots, pace, meanS }: Outlook): number | null {
  if (open === 0) return 0;
  if (slots === 0) return null;
  const left = advanced.map(({ elapsedS, share }) => elapsedS * (1 - share) / share);
  const slowest = left.reduce((most, one) => Math.max(most, one), 0);
  if (pace > 0) {
    const done = advanced.reduce((sum, { share }) => sum + share, 0);
    return Math.max(slowest, (open - done) / pace);
  }
  const whole = meanS ?? meanOf(advanced.map(({ elapsedS, share }) => elapsedS / share));
  if (whole === null) return null;
  const untold = Math.max(0, open - advanced.length);
  const work = left.reduce((sum, one) => sum + one, 0) + whole * untold;
  return Math.max(slowest, untold > 0 ? whole : 0, work / slots);
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, one) => sum + one, 0) / values.length;
}
