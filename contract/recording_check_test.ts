import { assertEquals } from "@std/assert";
import { Recording } from "./recording.ts";
import { recordingFault } from "./recording_check.ts";

for (const record of [{}, { every: 1 }, { max_frames: 5000 }, { every: 10, max_frames: 2 }]) {
  Deno.test(`recordingFault() takes ${JSON.stringify(record)}, as the wire does`, () => {
    assertEquals(recordingFault(record), null);
    assertEquals(Recording.parse(record), record);
  });
}

for (
  const [record, path, code, predicate] of [
    [
      true,
      "",
      "wrong_type",
      'must be an object such as {"every": 10, "max_frames": 600}, not true',
    ],
    [{ evry: 1 }, "", "unknown", 'has the unknown key "evry": known are every, max_frames'],
    [{ every: 0 }, ".every", "out_of_range", "must be an integer from 1 to 1000000000, not 0"],
    [{ every: 1.5 }, ".every", "out_of_range", "must be an integer from 1 to 1000000000, not 1.5"],
    [{ max_frames: 1 }, ".max_frames", "out_of_range", "must be an integer from 2 to 5000, not 1"],
    [
      { max_frames: "9" },
      ".max_frames",
      "wrong_type",
      'must be an integer from 2 to 5000, not "9"',
    ],
  ] as const
) {
  Deno.test(`recordingFault() refuses ${JSON.stringify(record)}, as the wire does`, () => {
    assertEquals(recordingFault(record), { path, code, predicate });
    assertEquals(Recording.safeParse(record).success, false);
  });
}
