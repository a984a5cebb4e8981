/**
 * Disks that are full, fail or vanish under a running farm: F12, F13, F14, and F24 a damaged store.
 * The full ones are small file systems in memory, which only root can mount.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { type Farm, places, tinies, tiny, withFarm } from "./farm.ts";
import { assertIntact } from "./ledger.ts";
import { faultTest, record, secondsSince, sized, sleep, until } from "./level.ts";
import { canLock, canMount, lockFolder, run, Tmpfs, traceable } from "./machine.ts";
import { SimulatedWorker } from "../../tools/testing/simulated_worker.ts";

const noMount = await canMount() ? null : "no right to mount a file system";
const noLock = await canLock() ? null : "no right to make a folder immutable";
const noStrace = await traceable() ? null : "no strace";

interface Health {
  readonly status: string;
  readonly problems?: string[];
  readonly warnings: string[];
}

async function health(farm: Farm): Promise<Health> {
  return await (await fetch(`${farm.client.url}/health`)).json();
}

/** Runs with one folder of the farm on a small file system of its own. */
async function withSmall(
  folder: string,
  sizeKiB: number,
  body: (farm: Farm, disk: Tmpfs, worker: SimulatedWorker) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "faults_" });
  await Deno.mkdir(join(root, folder));
  const disk = await Tmpfs.mount(join(root, folder), sizeKiB);
  const worker = new SimulatedWorker("worker-01", { capacity: 4, workMs: 10 });
  // The watermark would stop intake long before: here the disk itself has to say it.
  const options = { folder: root, places: [worker], env: { DISK_FREE_MIN_MB: "0" } };
  try {
    await withFarm(options, (farm) => body(farm, disk, worker));
  } finally {
    await worker.close();
    await disk.unmount();
    await Deno.remove(root, { recursive: true }).catch(() => {});
  }
}

faultTest("F12 a full disk under the store stops the farm, and space lets it go on", {
  missing: noMount,
}, async () => {
  await withSmall("state", 65_536, async (farm, disk) => {
    await farm.drop("before.json", tinies("before", 100));
    await farm.untilCount(100, "completed");
    await farm.ledger.look(farm.folder);
    await disk.fill();
    const startMs = performance.now();
    await farm.drop("full.json", tinies("full", 3000));
    const sick = await until("health says so", async () => {
      const state = await health(farm);
      return state.status !== "healthy" ? state : null;
    });
    const detection = secondsSince(startMs);
    assert(JSON.stringify(sick).match(/disk|store|full|space/i), JSON.stringify(sick));
    const freedMs = performance.now();
    await disk.free();
    await farm.untilCount(3100, "completed");
    const recovery = secondsSince(freedMs);
    await until("health is well again", async () => (await health(farm)).status === "healthy");
    const audit = await farm.ledger.audit(farm);
    assertIntact(audit, { accepted: 3100, completed: 3100 });
    record({
      fault: "F12",
      what: "disk full under the store",
      detection,
      recovery,
      lost: audit.lost,
      double: audit.double,
      note: "no restart",
    });
  });
});

faultTest("F12 a full disk under the results delays them", { missing: noMount }, async () => {
  await withSmall("results", 2048, async (farm, disk) => {
    await disk.fill();
    await farm.drop("load.json", tinies("t", 500));
    await farm.untilCount(500, "completed");
    const startMs = performance.now();
    await until(
      "a warning says so",
      async () =>
        (await health(farm)).warnings.some((warning) => warning.includes("kept in the store")),
    );
    const detection = secondsSince(startMs);
    const freedMs = performance.now();
    await disk.free();
    const audit = await farm.ledger.audit(farm);
    assertIntact(audit, { accepted: 500, completed: 500 });
    record({
      fault: "F12",
      what: "disk full under results/",
      detection,
      recovery: secondsSince(freedMs),
      lost: audit.lost,
      double: audit.double,
    });
  });
});

faultTest("F12 a full disk under the queue refuses by the API and takes what lies there", {
  missing: noMount,
}, async () => {
  await withSmall("task_queues", 1024, async (farm, disk) => {
    await disk.fill();
    const body = JSON.stringify({ tasks: tinies("api", 200) });
    const post = () => fetch(`${farm.client.url}/tasks?name=api`, { method: "POST", body });
    const answer = await post();
    const problem = await answer.json();
    assertEquals([answer.status, problem.code], [503, "intake_closed"], problem.detail);
    await disk.free();
    const again = await post();
    assertEquals(again.status, 202, await again.text());
    await farm.untilCount(200, "completed");
    const tasks = await farm.stats();
    assertEquals(tasks.total_tasks, 200);
    record({
      fault: "F12",
      what: "disk full under task_queues/, submitted by the API",
      lost: 0,
      double: 0,
      note: `answers ${answer.status} while full`,
    });
  });
});

faultTest("F13 after a failed sync nothing is acknowledged that is not there", {
  missing: noStrace,
}, async () => {
  const tries = sized({
    quick: [1, 4],
    long: [1, 2, 3, 4, 5, 7, 9, 12],
    full: Array.from({ length: 50 }, (_, at) => at + 1),
  });
  const worker = new SimulatedWorker("worker-01", { capacity: 4, workMs: 5 });
  const unhealthy: number[] = [];
  try {
    for (const when of tries) {
      await withFarm({ places: [worker] }, async (farm) => {
        await farm.drop("before.json", tinies(`before${when}`, 20));
        await farm.untilCount(20, "completed");
        const trace = await run.traced(farm.orchestrator!.process.pid, [
          `inject=fsync,fdatasync:error=EIO:when=${when}`,
        ]);
        await farm.drop("load.json", tinies(`load${when}`, 200));
        await farm.untilCount(220, "completed");
        await trace.end();
        if ((await health(farm)).status !== "healthy") unhealthy.push(when);
        await farm.ledger.look(farm.folder);
        // What is believed now must survive a kill.
        await farm.kill();
        await farm.startOrchestrator();
        await farm.untilCount(220, "completed");
        assertIntact(await farm.ledger.audit(farm), { accepted: 220, completed: 220 });
      });
    }
    assertEquals(unhealthy, []);
    record({
      fault: "F13",
      what: `EIO on the k-th sync, k = ${tries.join(", ")}`,
      lost: 0,
      double: 0,
    });
  } finally {
    await worker.close();
  }
});

faultTest(
  "F14 a queue folder that lets nothing move says so, and is taken up again",
  { missing: noLock },
  async () => {
    const worker = new SimulatedWorker("worker-01");
    try {
      await withFarm({ places: [worker] }, async (farm) => {
        await farm.drop("a.json", [tiny("a")]);
        await farm.untilCount(1, "completed");
        let detection = 0;
        const processed = join(farm.folder, "task_queues", "processed");
        await lockFolder(processed, true);
        try {
          const startMs = performance.now();
          await farm.drop("b.json", [tiny("b")]);
          await until("health says so", async () => (await health(farm)).status !== "healthy");
          detection = secondsSince(startMs);
          // Its tasks are in the store: they run, once, wherever the file lies.
          await farm.untilCount(2, "completed");
        } finally {
          await lockFolder(processed, false);
        }
        const freedMs = performance.now();
        await until("health is well again", async () => (await health(farm)).status === "healthy");
        const recovery = secondsSince(freedMs);
        const audit = await farm.ledger.audit(farm);
        assertIntact(audit, { accepted: 2, completed: 2 });
        assertEquals([...worker.begun.values()], [1, 1]);
        const { lost, double } = audit;
        record({
          fault: "F14",
          what: "archive folder immutable",
          detection,
          recovery,
          lost,
          double,
        });
      });
    } finally {
      await worker.close();
    }
  },
);

faultTest("F14 a queue folder that is removed comes back by itself", {}, async () => {
  const worker = new SimulatedWorker("worker-01");
  try {
    await withFarm({ places: [worker] }, async (farm) => {
      await farm.drop("a.json", [tiny("a")]);
      await farm.untilCount(1, "completed");
      const queue = join(farm.folder, "task_queues");
      // The farm makes it anew while it is being removed.
      await until(
        "the folder is gone",
        () => Deno.remove(queue, { recursive: true }).then(() => true, () => false),
      );
      const startMs = performance.now();
      await until(
        "the folder is there again",
        () => Deno.stat(join(queue, "processed")).catch(() => null),
      );
      await farm.drop("b.json", [tiny("b")]);
      await farm.untilCount(2, "completed");
      const recovery = secondsSince(startMs);
      assertEquals((await health(farm)).status, "healthy");
      const audit = await farm.ledger.audit(farm);
      assertIntact(audit, { completed: 2 });
      record({
        fault: "F14",
        what: "queue removed while running",
        recovery,
        lost: audit.lost,
        double: audit.double,
      });
    });
  } finally {
    await worker.close();
  }
});

faultTest("F24 a damaged store is not started with", {}, async () => {
  const list = places([1]);
  await withFarm({ places: list }, async (farm) => {
    await farm.startWorker(list[0]!);
    await farm.drop("load.json", tinies("t", 300));
    await farm.untilCount(300, "completed");
    await farm.orchestrator!.stop();
    const path = join(farm.folder, "state", "farm.db");
    const whole = await Deno.readFile(path);
    const refusals: string[] = [];
    for (const at of [50, 4096 * 2 + 7, 4096 * 6 + 300]) {
      const damaged = whole.slice();
      for (let byte = 0; byte < 40; byte++) damaged[at + byte]! ^= 0xff;
      await Deno.writeFile(path, damaged);
      const outcome = await farm.startOrchestrator().then(
        () => "it started",
        (error: Error) => error.message,
      );
      refusals.push(outcome);
    }
    for (const refusal of refusals) {
      assert(/farm\.db/.test(refusal) && /exit code 1/.test(refusal), refusal);
    }
    await Deno.writeFile(path, whole);
    await farm.startOrchestrator();
    const audit = await farm.ledger.audit(farm);
    assertIntact(audit, { accepted: 300, completed: 300 });
    record({
      fault: "F24",
      what: "flipped bytes in header, tree and rows",
      lost: audit.lost,
      double: audit.double,
      note: "start refused with a sentence each time",
    });
  });
  await sleep(0);
});
