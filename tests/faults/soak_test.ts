/**
 * F30: very many tasks through one orchestrator. Memory and answers stay as they are.
 *
 * @module
 */
import { assert } from "@std/assert";
import { type Farm, residentMiB, tinies, withFarm } from "./farm.ts";
import { assertIntact } from "./ledger.ts";
import { faultTest, quantile, record, secondsSince, sized, sleep } from "./level.ts";
import { SimulatedWorker } from "../../tools/testing/simulated_worker.ts";

interface Sample {
  readonly completed: number;
  readonly rssMiB: number;
  readonly answerMs: number;
}

async function sample(farm: Farm): Promise<Sample> {
  const startMs = performance.now();
  const { completed = 0 } = await farm.stats();
  const answerMs = performance.now() - startMs;
  return { completed, answerMs, rssMiB: await residentMiB(farm.orchestrator!.process.pid) };
}

/** Least squares through the samples: MiB per 10,000 tasks. */
function slopeOf(samples: readonly Sample[]): number {
  const mean = (of: (sample: Sample) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const x = mean((sample) => sample.completed);
  const y = mean((sample) => sample.rssMiB);
  const covariance = mean((sample) => (sample.completed - x) * (sample.rssMiB - y));
  return covariance / mean((sample) => (sample.completed - x) ** 2) * 10_000;
}

faultTest(
  "F30 memory and answers stay as they are over very many tasks",
  { long: true },
  async () => {
    const count = sized({ quick: 5000, long: 60_000, full: 1_000_000 });
    const file = 5000;
    const worker = new SimulatedWorker("worker-01", { capacity: 64, workMs: 0, forgets: true });
    try {
      await withFarm({ places: [worker] }, async (farm) => {
        const samples: Sample[] = [];
        const startMs = performance.now();
        for (let at = 0; at < count; at += file) {
          await farm.drop(`part${at}.json`, tinies(`p${at}`, file));
          // Half a file ahead, so that there is always work.
          for (;;) {
            const now = await sample(farm);
            samples.push(now);
            if (now.completed >= at + file / 2) break;
            await sleep(250);
          }
        }
        await farm.untilCount(count, "completed");
        const perSecond = Math.round(count / secondsSince(startMs));
        const later = samples.filter((sample) => sample.completed > count / 3);
        const slope = Math.round(slopeOf(later) * 100) / 100;
        const p99 = (part: readonly Sample[]) =>
          Math.round(quantile(part.map((each) => each.answerMs), 0.99));
        const half = later.length >> 1;
        const audit = await farm.ledger.audit(farm);
        assertIntact(audit, { accepted: count, completed: count });
        const last = samples.at(-1)!.rssMiB;
        assert(last < 1000, `the orchestrator grew to ${last} MiB`);
        record({
          fault: "F30",
          what: `${count} tasks, ${perSecond} a second`,
          lost: audit.lost,
          double: audit.double,
          note:
            `RSS ${
              samples[0]!.rssMiB
            } to ${last} MiB, slope ${slope} MiB per 10,000 tasks after a third; ` +
            `GET /stats p99 ${p99(later.slice(0, half))} then ${p99(later.slice(half))} ms`,
        });
      });
    } finally {
      await worker.close();
    }
  },
);
