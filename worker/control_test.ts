import { assert, assertEquals } from "@std/assert";
import { ControlBlock } from "./control.ts";

/** Both sides of one block, as process and thread have them. */
function sides(): { process: ControlBlock; thread: ControlBlock } {
  const process = new ControlBlock();
  process.reset();
  return { process, thread: new ControlBlock(process.memory) };
}

Deno.test("ControlBlock shows the process what the thread runs", () => {
  const { process, thread } = sides();
  assertEquals(process.running(), undefined);
  assert(thread.begin(2, 1_795_374_665_878));
  thread.steps(5, 1_000_000_000);
  assertEquals(process.running(), {
    place: 2,
    startedAt: 1_795_374_665_878,
    stepsCompleted: 5,
    stepsTotal: 1_000_000_000,
  });
  thread.end(2);
  assertEquals(process.running(), undefined);
  assertEquals(process.isRunning(2), false);
});

Deno.test("ControlBlock lets a task be begun or taken back, never both", () => {
  const { process, thread } = sides();
  assert(process.takeBack(0));
  assertEquals(thread.begin(0, 0), false);
  assert(thread.begin(1, 0));
  assertEquals(process.takeBack(1), false);
});

Deno.test("stop() takes back what waits, asks what runs, and leaves what ended", () => {
  const { process, thread } = sides();
  assertEquals(process.stop(0), "taken back");
  thread.begin(1, 0);
  assertEquals(thread.isToStop(1), false);
  assertEquals([process.stop(1), process.stop(1)], ["asked", "asked"]);
  assert(thread.isToStop(1) && process.isRunning(1));
  thread.end(1);
  assertEquals(process.stop(1), "ended");
});

Deno.test("reset() makes every place wait again", () => {
  const { process, thread } = sides();
  thread.begin(0, 0);
  process.reset();
  assertEquals(process.running(), undefined);
  assert(thread.begin(0, 0));
});
