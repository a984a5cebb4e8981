/**
 * Files that arrive badly: F15 torn, empty or no JSON at all, F16 races of names, links and things
 * that are no files.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import type { BatchAnswer } from "../../tools/farm_client.ts";
import { type Farm, tinies, tiny, withFarm } from "./farm.ts";
import { assertIntact } from "./ledger.ts";
import { faultTest, record, sized, sleep, until } from "./level.ts";
import { SimulatedWorker } from "../../tools/testing/simulated_worker.ts";

const encoder = new TextEncoder();

async function withInbox(body: (farm: Farm, queue: string) => Promise<void>): Promise<void> {
  const worker = new SimulatedWorker("worker-01", { capacity: 16, workMs: 2 });
  try {
    await withFarm({ places: [worker] }, (farm) => body(farm, join(farm.folder, "task_queues")));
  } finally {
    await worker.close();
  }
}

async function receipt(farm: Farm, file: string): Promise<BatchAnswer> {
  return await until(`a receipt of ${file}`, async () => {
    const batch = await farm.client.batch(file);
    return batch !== null && batch.state !== "receiving" ? batch : null;
  });
}

faultTest("F15 a file that grows in pieces is taken when it is whole", {}, async () => {
  await withInbox(async (farm, queue) => {
    const bytes = encoder.encode(JSON.stringify({ tasks: tinies("t", 50) }));
    farm.ledger.offered("slow.json", tinies("t", 50).map((task) => task.task_id));
    using file = await Deno.open(join(queue, "slow.json"), { write: true, create: true });
    for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 12)) {
      await file.write(bytes.subarray(at, at + Math.ceil(bytes.length / 12)));
      // Shorter than the time after which an unfinished file is judged.
      await sleep(100);
    }
    const batch = await receipt(farm, "slow.json");
    assertEquals([batch.state, batch.accepted], ["accepted", 50]);
    await farm.untilCount(50, "completed");
    assertIntact(await farm.ledger.audit(farm), { accepted: 50, completed: 50 });
  });
});

const BAD: Record<string, Uint8Array> = {
  "half.json": encoder.encode('{"tasks":[{"task_id":"half","algorithm":"python","param'),
  "empty.json": new Uint8Array(),
  "nul.json": new Uint8Array(300),
  "utf8.json": encoder.encode(JSON.stringify({ tasks: [tiny("é")] })).slice(0, 24),
  "latin1.json": Uint8Array.from([...encoder.encode('{"tasks":[{"task_id":"'), 0xe9, 0x22]),
  "utf16.json": new Uint8Array([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]),
  "two.json": encoder.encode(`${JSON.stringify({ tasks: [tiny("x")] })}{"tasks":[]}`),
  "one_bad.json": encoder.encode(JSON.stringify({ tasks: [tiny("good"), { task_id: "bad" }] })),
};

faultTest("F15 what is no task file is rejected whole, with its reasons", {}, async () => {
  await withInbox(async (farm, queue) => {
    for (const [name, bytes] of Object.entries(BAD)) {
      await Deno.writeFile(join(queue, name), bytes);
    }
    for (const name of Object.keys(BAD)) {
      const batch = await receipt(farm, name);
      assertEquals(batch.state, "rejected", name);
      assert(batch.errors.length > 0 && batch.errors[0]!.message !== "", name);
      const reasons = join(queue, "rejected", `${batch.archived_as}.errors.json`);
      JSON.parse(
        await until(`${name}.errors.json`, () => Deno.readTextFile(reasons).catch(() => null)),
      );
    }
    const bom = encoder.encode(`\uFEFF${JSON.stringify({ tasks: [tiny("bom")] })}`);
    await Deno.writeFile(join(queue, "bom.json"), bom);
    await farm.untilCount(1, "completed");
    assertEquals((await farm.stats()).total_tasks, 1, "a part of a rejected file was taken");
    record({
      fault: "F15",
      what: `${Object.keys(BAD).length} kinds of broken files, one with BOM`,
      lost: 0,
      double: 0,
    });
  });
});

faultTest("F16 the same file twice is one batch of work", {}, async () => {
  await withInbox(async (farm) => {
    await farm.drop("one.json", tinies("t", 30));
    await farm.untilCount(30, "completed");
    const first = await receipt(farm, "one.json");
    await farm.drop("one.json", tinies("t", 30));
    const again = await until("a second receipt", async () => {
      const batch = await farm.client.batch("one.json");
      return batch !== null && batch.id !== first.id && batch.state === "accepted" ? batch : null;
    });
    assertEquals([again.accepted, again.known], [0, 30]);
    await farm.drop("renamed.json", tinies("t", 30));
    assertEquals((await receipt(farm, "renamed.json")).known, 30);
    // The same name with other bytes: other tasks under known names are refused.
    await farm.dropText(
      "one.json",
      JSON.stringify({ tasks: [{ ...tiny("t-0"), algorithm: "cython" }] }),
    );
    await until(
      "a refusal",
      async () => (await farm.client.batch("one.json"))?.state === "rejected",
    );
    const audit = await farm.ledger.audit(farm);
    assertIntact(audit, { accepted: 30, completed: 30 });
    record({
      fault: "F16",
      what: "same bytes again, under the same and another name; same name, other bytes",
      lost: audit.lost,
      double: audit.double,
    });
  });
});

faultTest("F16 a file that is replaced while it is read loses nothing", {}, async () => {
  const rounds = sized({ quick: 15, long: 60 });
  await withInbox(async (farm, queue) => {
    const ids = new Set<string>();
    for (let round = 0; round < rounds; round++) {
      // Large enough to be read and judged for a while.
      for (const version of ["a", "b"]) {
        const tasks = tinies(`r${round}${version}`, 400);
        for (const task of tasks) ids.add(task.task_id);
        await Deno.writeTextFile(join(queue, ".next"), JSON.stringify({ tasks }));
        // Version b replaces version a at any moment of its intake.
        await Deno.rename(join(queue, ".next"), join(queue, "same.json"));
        if (version === "a") await sleep((round * 7) % 90);
      }
      await until(
        "the folder is empty",
        () => Deno.stat(join(queue, "same.json")).then(() => false, () => true),
      );
    }
    const known = new Set<string>();
    await until("all files are judged", async () => {
      const { ingestion } = await farm.client.get<{ ingestion: { files_pending: number } }>(
        "/stats",
      );
      return ingestion.files_pending === 0;
    });
    await sleep(500);
    for (const task of await farm.client.get<{ task_id: string }[]>("/tasks")) {
      known.add(task.task_id);
    }
    const archived: string[] = [];
    for await (const entry of Deno.readDir(join(queue, "processed"))) {
      const text = await Deno.readTextFile(join(queue, "processed", entry.name));
      archived.push(...JSON.parse(text).tasks.map((task: { task_id: string }) => task.task_id));
    }
    // Version a may be overwritten unseen. What lies in processed/ must be in the farm.
    const unknown = archived.filter((id) => !known.has(id));
    assertEquals(
      unknown.slice(0, 3),
      [],
      `${unknown.length} tasks lie in processed/ and were never taken`,
    );
    for (let round = 0; round < rounds; round++) {
      assert(known.has(`r${round}b-0`), `round ${round}: the last version was lost`);
    }
    record({
      fault: "F16",
      what: `${rounds} files replaced while they were taken`,
      lost: 0,
      double: 0,
    });
  });
});

faultTest(
  "F16 links, pipes and folders are left alone, thousands of files are not too many",
  {},
  async () => {
    const count = sized({ quick: 300, long: 2000, full: 10_000 });
    await withInbox(async (farm, queue) => {
      const secret = join(farm.folder, "secret.txt");
      await Deno.writeTextFile(secret, JSON.stringify({ tasks: [tiny("stolen")] }));
      await Deno.symlink(secret, join(queue, "link.json"));
      await Deno.symlink("/nowhere", join(queue, "broken.json"));
      await Deno.mkdir(join(queue, "folder.json"));
      const fifo = await new Deno.Command("mkfifo", { args: [join(queue, "pipe.json")] }).output();
      assert(fifo.success);
      await Deno.writeTextFile(
        join(queue, ".hidden.json"),
        JSON.stringify({ tasks: [tiny("hidden")] }),
      );
      await Promise.all(Array.from({ length: count }, async (_, at) => {
        farm.ledger.offered(`many${at}.json`, [`many-${at}`]);
        const path = join(queue, `.many${at}`);
        await Deno.writeTextFile(path, JSON.stringify({ tasks: [tiny(`many-${at}`)] }));
        await Deno.rename(path, join(queue, `many${at}.json`));
      }));
      await farm.untilCount(count, "completed");
      const audit = await farm.ledger.audit(farm);
      assertIntact(audit, { accepted: count, completed: count });
      assertEquals((await farm.stats()).total_tasks, count);
      const left = [...Deno.readDirSync(queue)].map((entry) => entry.name).sort();
      for (const name of ["link.json", "broken.json", "folder.json", "pipe.json", ".hidden.json"]) {
        assert(left.includes(name), `${name} was touched`);
      }
      record({
        fault: "F16",
        what: `${count} files at once, symlinks, FIFO, folder x.json`,
        lost: audit.lost,
        double: audit.double,
      });
    });
  },
);
