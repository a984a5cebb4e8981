import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Histogram } from "./histogram.ts";

function filled(times: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const ms of times) histogram.add(ms);
  return histogram;
}

Deno.test("Histogram gives percentiles within 1 % for any times", () => {
  const times = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1 });
  fc.assert(fc.property(times, (times) => {
    const { p50, p95, p99, min, max, count } = filled(times).summary();
    const sorted = times.map((ms) => ms / 1000).sort((a, b) => a - b);
    assertEquals([count, min, max], [times.length, sorted[0], sorted.at(-1)]);
    for (const [found, quantile] of [[p50, 0.5], [p95, 0.95], [p99, 0.99]] as const) {
      const exact = sorted[Math.ceil(quantile * sorted.length) - 1]!;
      // Below a nanosecond everything counts as zero.
      assert(
        Math.abs(found! - exact) <= exact * 0.010001 + 1e-9,
        `${quantile}: ${found}, ${exact}`,
      );
    }
  }));
});

Deno.test("Histogram.restore() brings back exactly what snapshot() wrote", () => {
  for (const times of [[], [0], [0.001, 5, 5, 1e6]]) {
    const histogram = filled(times);
    const again = Histogram.restore(histogram.snapshot());
    assertEquals(again.summary(), histogram.summary());
    histogram.add(7);
    again.add(7);
    assertEquals(again.summary(), histogram.summary());
  }
});
