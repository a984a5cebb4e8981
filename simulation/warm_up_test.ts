import { assertEquals } from "@std/assert";
import { initialState } from "./disks.ts";
import { createKernel } from "./kernel.ts";
import { difference } from "./testing/states.ts";
import { warmUp } from "./warm_up.ts";

Deno.test("warmUp() leaves no trace in a simulation under way", () => {
  const start = () => initialState(50, { seed: 9, variant: "cython" });
  const disturbed = createKernel(start()), calm = createKernel(start());
  disturbed.step(20);
  warmUp(0);
  disturbed.step(20);
  calm.step(40);
  assertEquals(difference(disturbed.state(), calm.state()), undefined);
});
