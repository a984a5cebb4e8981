/**
 * F18: clocks that jump. Leases and pauses go by monotonic time, so nothing is lost, expires or
 * waits for it.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { type Farm, middling, places, tinies, withFarm } from "./farm.ts";
import { assertIntact } from "./ledger.ts";
import { faultTest, record, secondsSince, sized, sleep } from "./level.ts";
import { clockLibrary } from "./machine.ts";

const library = await clockLibrary();

interface TaskAnswer {
  readonly execution_time: number | null;
  readonly redistributions: number;
  readonly retry_count: number;
}

/** What each jump shows in whole days. */
const DAYS: Record<string, number> = { "+10d": 10, "-10d": -10 };

/** By how many days the orchestrator's clock is off. */
async function offDays(farm: Farm): Promise<number> {
  const { timestamp } = await farm.client.get<{ timestamp: string }>("/stats");
  return Math.round((Date.parse(timestamp) - Date.now()) / 86_400_000);
}

for (const who of ["orchestrator", "worker"] as const) {
  const missing = library === null ? "no libfaketime" : null;
  faultTest(
    `F18 the clock of the ${who} jumps to and fro`,
    { missing, long: who === "worker" },
    async () => {
      const folder = await Deno.makeTempDir({ prefix: "faults_" });
      const clock = join(folder, "clock");
      await Deno.writeTextFile(clock, "+0\n");
      const faked = {
        LD_PRELOAD: library!,
        FAKETIME_TIMESTAMP_FILE: clock,
        FAKETIME_NO_CACHE: "1",
        // Its monotonic clock stays right, as on a real machine whose date is set.
        FAKETIME_DONT_FAKE_MONOTONIC: "1",
      };
      const list = places([1]);
      const env = who === "orchestrator" ? faked : {};
      await withFarm({ folder, places: list, env }, async (farm) => {
        await farm.startWorker(list[0]!, { LD_PRELOAD: "", ...(who === "worker" ? faked : {}) });
        const jumps = sized({ quick: ["+10d", "-10d"], long: ["+10d", "-10d", "-1h", "+0"] });
        const startMs = performance.now();
        let total = 0;
        for (const [at, jump] of jumps.entries()) {
          await farm.drop(`j${at}.json`, [middling(`m${at}`), ...tinies(`j${at}`, 20)]);
          await farm.atWork(`m${at}`);
          await Deno.writeTextFile(clock, `${jump}\n`);
          await sleep(1000);
          assertEquals(await offDays(farm), who === "orchestrator" ? DAYS[jump] ?? 0 : 0);
          total += 21;
          await farm.untilCount(total, "completed");
        }
        const tasks = await farm.client.get<TaskAnswer[]>("/tasks");
        for (const task of tasks) {
          assertEquals([task.redistributions, task.retry_count], [0, 0]);
          assert(
            task.execution_time! >= 0 && task.execution_time! < 300,
            `${task.execution_time} s`,
          );
        }
        const audit = await farm.ledger.audit(farm);
        assertIntact(audit, { accepted: total, completed: total });
        record({
          fault: "F18",
          what: `clock of the ${who}: ${jumps.join(", ")}`,
          recovery: `${secondsSince(startMs)} in all`,
          lost: audit.lost,
          double: audit.double,
          note: "no lease expired, no negative duration",
        });
      });
    },
  );
}
