import { assertEquals } from "@std/assert";
import { completedOutcome, onFarm, task } from "./testing.ts";
import { WorkerStateFile } from "./worker_state.ts";

Deno.test("WorkerStateFile writes what changed about workers, and nothing else", () =>
  onFarm(
    { script: completedOutcome },
    (farm) => new WorkerStateFile(farm, 3_600_000),
    async (farm, file) => {
      const path = farm.config.workerStatePath;
      const read = () => JSON.parse(Deno.readTextFileSync(path));
      await file.start();
      const { timestamp, workers } = read();
      assertEquals(workers.map((worker: { id: string; status: string }) => worker.status), [
        "active",
        "inactive",
      ]);
      farm.health = { last_ping: 99, response_ms: 7 };
      await file.stop();
      assertEquals(read().timestamp, timestamp);
      await farm.drop("a.json", [task("a")]);
      await farm.untilCount("completed", 1);
      await file.stop();
      const [worker] = read().workers;
      assertEquals([worker.id, worker.completed, worker.capacity, worker.port], [
        "worker-01",
        1,
        4,
        5001,
      ]);
    },
  ));

Deno.test("WorkerStateFile goes on when it cannot write", () =>
  onFarm({}, (farm) => new WorkerStateFile(farm, 3_600_000), async (farm, file) => {
    Deno.mkdirSync(farm.config.workerStatePath, { recursive: true });
    await file.start();
    Deno.removeSync(farm.config.workerStatePath);
    await file.stop();
    assertEquals(Deno.statSync(farm.config.workerStatePath).isFile, true);
  }));
