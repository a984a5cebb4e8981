/**
 * F23: a hundred workers at once, and workers that come and go every second.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { tinies, withFarm } from "./farm.ts";
import { assertIntact } from "./ledger.ts";
import { chanceOf, faultTest, record, secondsSince, sized, sleep, until } from "./level.ts";
import { SimulatedWorker } from "../../tools/testing/simulated_worker.ts";

const ids = Array.from({ length: 100 }, (_, at) => `worker-${String(at + 1).padStart(3, "0")}`);

faultTest("F23 a hundred workers at once, ten of them flapping", {}, async () => {
  const count = sized({ quick: 800, long: 10_000 });
  const seconds = sized({ quick: 6, long: 30, full: 300 });
  const chance = chanceOf(23);
  const workers = new Map(
    ids.map((id) => [id, new SimulatedWorker(id, { capacity: 2, workMs: 30 })]),
  );
  try {
    await withFarm({ places: [...workers.values()] }, async (farm) => {
      const startMs = performance.now();
      await until("all are connected", async () => {
        const list = await farm.client.get<{ status: string }[]>("/workers");
        return list.every((worker) => worker.status === "active");
      });
      const connected = secondsSince(startMs);
      let flaps = 0;
      for (let second = 0; second < seconds; second++) {
        const prefix = `s${second}`;
        await farm.drop(`${prefix}.json`, tinies(prefix, count / seconds));
        for (const id of ids.slice(0, 10)) {
          const worker = workers.get(id)!;
          flaps++;
          // Half of them lose the line, half of them die and come back as somebody new.
          if (chance() < 0.5) {
            worker.cut();
            continue;
          }
          const { port } = worker;
          await worker.close();
          workers.set(id, new SimulatedWorker(id, { capacity: 2, workMs: 30, port }));
        }
        await sleep(1000);
      }
      const whole = Math.floor(count / seconds) * seconds;
      await farm.untilCount(whole, "completed", "failed");
      const audit = await farm.ledger.audit(farm);
      assertIntact(audit, { accepted: whole, completed: whole });
      const twice = [...workers.values()].flatMap((worker) => [...worker.begun.values()]);
      assertEquals(twice.filter((times) => times > 1), []);
      const { redistributed_total } = await farm.stats();
      record({
        fault: "F23",
        what: `100 workers at once; 10 flap at 1 Hz for ${seconds} s, ${whole} tasks`,
        detection: `all connected in ${connected}`,
        lost: audit.lost,
        double: audit.double,
        note: `${flaps} flaps, ${redistributed_total} tasks taken back`,
      });
    });
  } finally {
    await Promise.all([...workers.values()].map((worker) => worker.close()));
  }
});
