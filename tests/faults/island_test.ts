/**
 * F5 once more with a real cable: a worker in a network namespace of its own, whose packets vanish
 * without a word.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { script } from "../../tools/local_farm.ts";
import { Program } from "../../tools/program.ts";
import { middling, places, tinies, withFarm } from "./farm.ts";
import { assertIntact } from "./ledger.ts";
import { faultTest, record, secondsSince, sized, sleep, until } from "./level.ts";
import { canRaise, Island } from "./machine.ts";

const missing = await canRaise() ? null : "no right to make a network namespace";

faultTest("F5 a worker whose cable is pulled comes back by itself", { missing }, async () => {
  const seconds = sized({ quick: 10, long: 30 });
  const island = await Island.raise();
  const [far, near] = places([1, 1]) as [
    ReturnType<typeof places>[0],
    ReturnType<typeof places>[0],
  ];
  try {
    await withFarm({ places: [{ ...far, ip: island.ip }] }, async (farm) => {
      const worker = ["run", "-A", script("worker/main.ts"), "--worker-id", far.id];
      const where = ["--host", "0.0.0.0", "--insecure", "--port", String(far.port)];
      const program = await Program.start({
        name: far.id,
        executable: "ip",
        args: [["netns", "exec", island.name, Deno.execPath()], worker, where, ["--capacity", "1"]]
          .flat(),
        folder: farm.folder,
      });
      farm.workers.set(far.id, program);
      await farm.drop("work.json", [middling("a"), ...tinies("t", 20)]);
      await farm.atWork("a");
      await island.plug(false);
      const startMs = performance.now();
      await farm.startWorker(near);
      await farm.list([{ ...far, ip: island.ip }, near]);
      await until("its task is taken back", async () => {
        const task = await farm.task<{ redistributions: number }>("a");
        return task?.redistributions === 1;
      });
      const detection = secondsSince(startMs);
      await farm.untilCount(21, "completed");
      await sleep(Math.max(0, seconds * 1000 - (performance.now() - startMs)));
      await island.plug(true);
      const healedMs = performance.now();
      await until("it is back", async () => {
        const workers = await farm.client.get<{ id: string; status: string }[]>("/workers");
        return workers.find(({ id }) => id === far.id)?.status === "active";
      });
      const recovery = secondsSince(healedMs);
      await farm.drop("more.json", tinies("u", 40));
      await farm.untilCount(61, "completed");
      const audit = await farm.ledger.audit(farm);
      assertIntact(audit, { accepted: 61, completed: 61 });
      assertEquals((await farm.stats()).failed, 0);
      const { lost, double } = audit;
      record({
        fault: "F5",
        what: `cable pulled for ${seconds} s (veth)`,
        detection,
        recovery,
        lost,
        double,
      });
    });
  } finally {
    await island.sink();
  }
});
