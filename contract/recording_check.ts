/**
 * The check of the field `record` of a task file, with sentences for people.
 *
 * @module
 */
import { RECORD_EVERY_MAX, RECORD_FRAMES_MAX, RECORD_FRAMES_MIN } from "./recording.ts";
import { shownText, shownValue } from "./shown_value.ts";

/** What is wrong with a recording: the path behind `record`, a code, the rest of the sentence. */
export interface RecordingFault {
  readonly path: string;
  readonly code: "wrong_type" | "unknown" | "out_of_range";
  readonly predicate: string;
}

const RANGES: ReadonlyMap<string, readonly [min: number, max: number]> = new Map([
  ["every", [1, RECORD_EVERY_MAX]],
  ["max_frames", [RECORD_FRAMES_MIN, RECORD_FRAMES_MAX]],
]);

/** The first thing that is wrong; null when all is well. */
export function recordingFault(written: unknown): RecordingFault | null {
  if (typeof written !== "object" || written === null || Array.isArray(written)) {
    const predicate = `must be an object such as {"every": 10, "max_frames": 600}, not ` +
      shownValue(written);
    return { path: "", code: "wrong_type", predicate };
  }
  for (const [name, value] of Object.entries(written)) {
    const range = RANGES.get(name);
    if (range === undefined) {
      const predicate = `has the unknown key ${shownText(name)}: known are every, max_frames`;
      return { path: "", code: "unknown", predicate };
    }
    const [min, max] = range;
    if (Number.isInteger(value) && value >= min && value <= max) continue;
    return {
      path: `.${name}`,
      code: typeof value === "number" ? "out_of_range" : "wrong_type",
      predicate: `must be an integer from ${min} to ${max}, not ${shownValue(value)}`,
    };
  }
  return null;
}
