import { assertAlmostEquals, assertEquals } from "@std/assert";
import { completedOutcome, failedOutcome, onFarm, task } from "./testing.ts";
import { TimeSeries } from "./time_series.ts";

const NOON = Date.UTC(2026, 10, 22, 12);

Deno.test("TimeSeries writes what ended, what waits and how long it took, in three lengths", async () => {
  await onFarm(
    { script: (ref) => ref.task_id === "bad" ? failedOutcome(ref) : completedOutcome(ref, 2000) },
    (farm) => {
      const series = new TimeSeries(farm);
      farm.scheduler.listen(series);
      return series;
    },
    async (farm, series) => {
      await farm.drop("one.json", [task("a"), task("b"), task("bad")]);
      await farm.untilCount("failed", 1);
      await farm.untilCount("completed", 2);
      await series.sample(NOON);
      await series.sample(NOON + 10_000);
      const [first, second] = await farm.store.series({ stepMs: 10_000, since: NOON });
      assertEquals([first!.completed, first!.failed, first!.waiting, first!.slots], [2, 1, 0, 4]);
      assertAlmostEquals(first!.p50!, 2, 0.04);
      assertEquals([second!.completed, second!.p50], [0, null]);
      for (const stepMs of [60_000, 600_000]) {
        const [whole] = await farm.store.series({ stepMs, since: NOON });
        assertEquals([whole!.at, whole!.completed, whole!.failed], [NOON, 2, 1]);
        assertAlmostEquals(whole!.p99!, 2, 0.04);
      }
    },
  );
});

Deno.test("TimeSeries samples at its start and its end, and never with monitoring off", async () => {
  for (const [PERFORMANCE_MONITORING, points] of [["true", 1], ["false", 0]] as const) {
    await onFarm(
      { environment: { PERFORMANCE_MONITORING }, connected: [] },
      (farm) => new TimeSeries(farm),
      async (farm, series) => {
        await series.start();
        await series.stop();
        const found = await farm.store.series({ stepMs: 600_000, since: 0 });
        assertEquals(found.length >= points && (points > 0 || found.length === 0), true);
      },
    );
  }
});
