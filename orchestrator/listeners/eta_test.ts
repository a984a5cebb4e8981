import { assertEquals } from "@std/assert";
import { type Outlook, secondsLeft } from "./eta.ts";

const IDLE: Outlook = { open: 0, advanced: [], slots: 4, pace: 0, meanS: null };

Deno.test("secondsLeft() goes by the pace of late, less what the running tasks have done", () => {
  assertEquals(secondsLeft({ ...IDLE, open: 100, pace: 2 }), 50);
  const advanced = [{ elapsedS: 1, share: 0.5 }, { elapsedS: 1, share: 0.5 }];
  assertEquals(secondsLeft({ ...IDLE, open: 11, pace: 2, advanced }), 5);
});

Deno.test("secondsLeft() is never shorter than what the slowest running task still needs", () => {
  const advanced = [{ elapsedS: 100, share: 0.1 }, { elapsedS: 9, share: 0.9 }];
  assertEquals(secondsLeft({ ...IDLE, open: 2, pace: 50, advanced }), 900);
  assertEquals(secondsLeft({ ...IDLE, open: 2, meanS: 1, advanced }), 900);
});

Deno.test("secondsLeft() goes by the mean task while nothing is completed", () => {
  assertEquals(secondsLeft({ ...IDLE, open: 8, meanS: 3 }), 6);
  assertEquals(secondsLeft({ ...IDLE, open: 1, meanS: 3 }), 3);
});

Deno.test("secondsLeft() has an answer before the first task has ended, once one has moved", () => {
  assertEquals(secondsLeft({ ...IDLE, open: 1 }), null);
  assertEquals(secondsLeft({ ...IDLE, open: 1, advanced: [{ elapsedS: 10, share: 0.25 }] }), 30);
  assertEquals(
    secondsLeft({ ...IDLE, open: 5, slots: 1, advanced: [{ elapsedS: 5, share: 0.5 }] }),
    45,
  );
});

Deno.test("secondsLeft() knows nothing without slots, and has nothing left without tasks", () => {
  assertEquals(secondsLeft({ ...IDLE, open: 3, pace: 1, slots: 0 }), null);
  assertEquals(secondsLeft(IDLE), 0);
});
