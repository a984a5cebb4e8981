/**
 * Tests of the figures made from the rounds.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  isSound,
  ratios,
  rowsOf,
  type Sample,
  spreadOf,
  summaryText,
  type SystemSamples,
} from "./summary.ts";

function sample(jobs_per_s: number | null, more: Partial<Sample> = {}): Sample {
  const failure = jobs_per_s === null ? "Error: it broke" : null;
  return { fdatasync_per_s: 9000, jobs_per_s, lost: 0, doubled: 0, failure, ...more };
}

function system(name: string, samples: readonly Sample[], skipped: string | null = null) {
  const text = { setup: "usual", durability: "synced", version: `${name} 1` };
  return { name, ...text, skipped, samples } satisfies SystemSamples;
}

Deno.test("spreadOf() takes the middle value, or the mean of the middle two", () => {
  assertEquals(spreadOf([5, 1, 3]), { median: 3, min: 1, max: 5 });
  assertEquals(spreadOf([10, 2, 4, 1]), { median: 3, min: 1, max: 10 });
  assertEquals(spreadOf([]), null);
});

Deno.test("ratios() compares within a round and leaves out rounds that one side failed", () => {
  const farm = [sample(1000), sample(3000), sample(null), sample(800)];
  const peer = [sample(500), sample(null), sample(700), sample(1600)];
  assertEquals(ratios(farm, peer), [2, 0.5]);
});

Deno.test("rowsOf() gives the median of the ratios, not the ratio of the medians", () => {
  const farm = system("enjambre", [sample(100), sample(900), sample(200)]);
  const peer = system("peer", [sample(100), sample(100), sample(400)]);
  const [ours, theirs] = rowsOf([farm, peer], { jobs: 10, loaded: true, syncMs: 0 });
  assertEquals(ours?.farm_to_peer, null);
  assertEquals(ours?.jobs_per_s, { median: 200, min: 100, max: 900 });
  assertEquals(theirs?.farm_to_peer, { median: 1, min: 0.5, max: 9 });
  assertEquals(theirs?.loaded, true);
});

Deno.test("isSound() is false for a lost, a doubled and a failed job, not for a skipped peer", () => {
  const farm = system("enjambre", [sample(100)]);
  assert(isSound([farm, system("peer", [], "Needs a package")]));
  assert(!isSound([farm, system("peer", [sample(90, { lost: 1 })])]));
  assert(!isSound([farm, system("peer", [sample(90, { doubled: 1 })])]));
  assert(!isSound([farm, system("peer", [sample(null)])]));
});

Deno.test("summaryText() names the durability of each row and why a peer was skipped", () => {
  const text = summaryText([
    system("enjambre", [sample(100)]),
    system("queue", [sample(40)]),
    system("absent", [], "Needs the Debian package absent"),
  ]);
  assertStringIncludes(text, "2.50");
  assertStringIncludes(text, "queue: queue 1; usual; durable: synced");
  assertStringIncludes(text, "absent: skipped. Needs the Debian package absent");
});
