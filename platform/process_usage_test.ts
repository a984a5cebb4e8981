import { assert } from "@std/assert";
import { ProcessUsage, residentBytes } from "./process_usage.ts";

Deno.test("ProcessUsage reads a share between 0 and 1 and the resident memory", () => {
  const usage = new ProcessUsage();
  const until = performance.now() + 30;
  while (performance.now() < until) Math.sqrt(until);
  const { cpu, memoryBytes } = usage.read();
  assert(cpu !== null && cpu > 0 && cpu <= 1, String(cpu));
  assert(memoryBytes !== null && memoryBytes > 1_000_000, String(memoryBytes));
});

Deno.test("residentBytes() is at least the size of the heap", () => {
  const resident = residentBytes();
  assert(resident !== null && resident > Deno.memoryUsage().heapUsed);
});
