/**
 * F21: tasks that harm whoever runs them. They are quarantined after three workers, and everything
 * else completes.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { type Farm, type Place, places, tinies, tiny, withFarm } from "./farm.ts";
import { assertIntact } from "./ledger.ts";
import { faultTest, record, secondsSince, sleep } from "./level.ts";
import { POISON } from "./poison.ts";

interface TaskAnswer {
  readonly status: string;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly attempts: { readonly worker: string }[];
}

/** Starts a worker again whenever it ends, as a service manager does. */
class Supervisor {
  deaths = 0;
  #stopped = false;
  readonly #keeping: Promise<void>[];

  constructor(readonly farm: Farm, list: readonly Place[]) {
    this.#keeping = list.map((place) => this.#keep(place));
  }

  async #keep(place: Place): Promise<void> {
    while (!this.#stopped) {
      const worker = await this.farm.startScript("tests/faults/poison_worker.ts", place).catch(() =>
        null
      );
      if (worker === null) {
        await sleep(200);
        continue;
      }
      if (this.#stopped) await worker.kill();
      await worker.ended();
      if (!this.#stopped) this.deaths++;
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.farm.workers.values()].map((worker) => worker.kill()));
    await Promise.all(this.#keeping);
  }
}

async function poisoned(
  kind: keyof typeof POISON,
  more: Record<string, unknown> = {},
): Promise<void> {
  const list = places([1, 1]);
  const env = { WORKER_TIMEOUT: "4", MAX_TASK_RETRIES: "2" };
  await withFarm({ places: list, env }, async (farm) => {
    const supervisor = new Supervisor(farm, list);
    try {
      const startMs = performance.now();
      const poison = { ...tiny("poison"), ...more };
      poison.parameters.seed = POISON[kind];
      await farm.drop("mixed.json", [...tinies("a", 20), poison, ...tinies("b", 20)]);
      await farm.untilCount(41, "completed", "failed");
      const task = await farm.task<TaskAnswer>("poison");
      assertEquals(task!.status, "failed");
      assert(task!.attempts.length <= 3, `${task!.attempts.length} attempts`);
      const audit = await farm.ledger.audit(farm);
      assertIntact(audit, { accepted: 41, completed: 40, failed: 1 });
      record({
        fault: "F21",
        what: `poison that ${WORDS[kind]}`,
        detection: secondsSince(startMs),
        lost: audit.lost,
        double: audit.double,
        note: `${supervisor.deaths} worker processes died; ${task!.error?.code} after ${
          task!.attempts.length
        } attempts`,
      });
    } finally {
      await supervisor.stop();
    }
  });
}

const WORDS: Record<keyof typeof POISON, string> = {
  kill: "kills the process at once",
  killLater: "kills the process after a while",
  eat: "eats all memory",
  spin: "spins for ever",
  close: "ends its thread",
};

faultTest("F21 a task that kills its worker at once is quarantined", {}, () => poisoned("kill"));
faultTest(
  "F21 a task that kills its worker after a while is quarantined",
  { long: true },
  () => poisoned("killLater"),
);
faultTest("F21 a task that eats all memory is quarantined", { long: true }, () => poisoned("eat"));
faultTest("F21 a task that spins for ever is given up", { long: true }, () => poisoned("spin"));
faultTest("F21 a task that ends its thread fails alone", {}, () => poisoned("close"));
