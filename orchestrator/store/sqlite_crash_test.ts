import { assert, assertEquals, assertRejects } from "@std/assert";
import { assertAddsUp } from "./conformance_removal.ts";
import { FILE_TASKS } from "./crash_writer.ts";
import { openSqliteStore } from "./sqlite.ts";
import { type Store, StoreError } from "./store.ts";
import { assigned, fileOf, listAll, PYTHON, tasksOf } from "./store_testing.ts";

const WRITER = new URL("./crash_writer.ts", import.meta.url).pathname;
const KILLS = 12;

/** The command line of a writer that works for so many rounds. */
function writer(path: string, run: string, rounds: number): string[] {
  return [Deno.execPath(), "run", "-A", "--no-check", "--quiet", WRITER, path, run, `${rounds}`];
}

/** The lines a writer prints until it is killed, right after the one with this number. */
async function runAndKill(
  path: string,
  run: string,
  { lines, more = [] }: { lines: number; more?: readonly string[] },
): Promise<string[]> {
  const [program, ...args] = [...writer(path, run, 1_000_000), ...more];
  const child = new Deno.Command(program!, { args, stdout: "piped" }).spawn();
  let text = "";
  let killed = false;
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (killed || text.split("\n").length <= lines) continue;
    child.kill("SIGKILL");
    killed = true;
  }
  await child.status;
  return text.split("\n").slice(0, -1);
}

/** Everything that was acknowledged is there, once, and the books are right. */
async function checkLedger(store: Store, lines: readonly string[]): Promise<void> {
  const said = (kind: string) =>
    lines.filter((line) => line.startsWith(`${kind} `)).map((line) => line.split(" ")[1]!);
  const tasks = new Map((await listAll(store, {})).map((task) => [task.task_id, task]));
  for (const batch of said("accepted")) {
    for (let i = 0; i < FILE_TASKS; i++) {
      assert(tasks.has(`${batch}-${i}`), `${batch}-${i} is lost`);
    }
  }
  for (const id of said("completed")) assertEquals(tasks.get(id)?.status, "completed", id);
  const results = await store.results(1, 1e9);
  assertEquals(new Set(results.map(({ task_id }) => task_id)).size, results.length, "doubles");
  assertEquals(results.map(({ number }) => number), results.map((_, i) => i + 1), "gaps");
  const planned = (await store.unwrittenResultFiles()).map(({ name }) => name);
  for (const name of said("planned")) assert(planned.includes(name), `${name} is not planned`);
  const counts = await store.counts();
  assertEquals(await store.recount(), counts);
  assertEquals(counts.status.completed, results.length);
  assertEquals((await store.executionTimes()).count, results.length);
  const { batches } = await store.batches({ limit: 1_000_000 });
  for (const batch of batches) {
    assertEquals([batch.state, batch.accepted], ["accepted", FILE_TASKS], batch.id);
    assertEquals(Object.values(batch.counts).reduce((a, b) => a + b), FILE_TASKS, batch.id);
  }
}

Deno.test("openSqliteStore() loses and doubles nothing when its process is killed at any moment", async () => {
  const folder = await Deno.makeTempDir({ prefix: "store_" });
  const path = `${folder}/farm.db`;
  const lines: string[] = [];
  try {
    for (let kill = 0; kill < KILLS; kill++) {
      const until = 1 + Math.floor(Math.random() * 120);
      lines.push(...await runAndKill(path, `run${kill}`, { lines: until }));
      const { store, warnings } = await openSqliteStore(path);
      assertEquals(warnings, []);
      await checkLedger(store, lines);
      await store.close();
    }
    assert(lines.filter((line) => line.startsWith("completed")).length > KILLS);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("openSqliteStore() loses and doubles nothing when it is killed while it removes", async () => {
  const folder = await Deno.makeTempDir({ prefix: "store_" });
  const path = `${folder}/farm.db`;
  let [accepted, removed] = [0, 0];
  try {
    for (let kill = 0; kill < KILLS; kill++) {
      const until = 30 + Math.floor(Math.random() * 200);
      const lines = await runAndKill(path, `run${kill}`, { lines: until, more: ["removes"] });
      for (const line of lines) {
        if (line.startsWith("accepted ")) accepted += FILE_TASKS;
        if (line.startsWith("removed ")) removed += Number(line.split(" ")[1]);
      }
      const { store, warnings } = await openSqliteStore(path);
      assertEquals(warnings, []);
      const counts = await store.counts();
      // One more of each may have become durable before anybody could say so.
      assert([accepted, accepted + FILE_TASKS].includes(counts.accepted_total));
      assert(counts.removed_total >= removed && counts.removed_total <= removed + 5);
      [accepted, removed] = [counts.accepted_total, counts.removed_total];
      await checkRemaining(store);
      await store.close();
    }
    assert(removed > 0, "Nothing was removed");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** What a removal has left adds up, and every task and result that is left is whole. */
async function checkRemaining(store: Store): Promise<void> {
  await assertAddsUp(store);
  const counts = await store.counts();
  const tasks = await listAll(store, {});
  assertEquals(tasks.length, counts.total);
  const completed = tasks.filter(({ status }) => status === "completed");
  assertEquals(completed.every(({ result }) => result !== null), true);
  assertEquals((await store.results(1, 1e9)).length, completed.length);
  assertEquals((await store.executionTimes()).count, counts.results_total);
  const { batches } = await store.batches({ limit: 1_000_000 });
  assertEquals(batches.length, counts.files_accepted - counts.files_removed);
  for (const { id, accepted, removed, counts: { ...status } } of batches) {
    assertEquals(Object.values(status).reduce((a, b) => a + b, removed), accepted, id);
  }
}

/** Whether a program is there and may do its work here. */
function works(program: string, args: readonly string[]): boolean {
  try {
    const command = new Deno.Command(program, { args: [...args], stdout: "null", stderr: "null" });
    return command.outputSync().success;
  } catch {
    return false;
  }
}

/** The lines of a writer of `rounds` rounds under strace, its sync calls, how often it opened. */
async function runTraced(
  path: string,
  rounds: number,
  trace: readonly string[],
): Promise<{ lines: string[]; syncs: number; opens: number }> {
  const log = `${path}.trace`;
  const args = ["-f", "-y", "-o", log, "-e", "trace=fsync,fdatasync,openat", ...trace];
  const command = new Deno.Command("strace", { args: [...args, ...writer(path, "run", rounds)] });
  const { stdout } = await command.output();
  const calls = await Deno.readTextFile(log);
  return {
    lines: new TextDecoder().decode(stdout).split("\n").slice(0, -1),
    // Of the store's own files: the runtime syncs caches of its own when they are new.
    syncs: calls.split("\n").filter((call) => /sync\(\d+</.test(call) && call.includes(`<${path}`))
      .length,
    opens: calls.split(`${path}", O_RDWR`).length - 1,
  };
}

const ignore = !works("strace", ["-f", "-e", "inject=fsync:error=EIO:when=9", "true"]);

Deno.test({
  name: "openSqliteStore() syncs every commit before it acknowledges it",
  ignore,
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "store_" });
    const few = await runTraced(`${folder}/few.db`, 1, []);
    const many = await runTraced(`${folder}/many.db`, 11, []);
    // A round commits four times: a file accepted, assigned, completed, its results planned.
    assert(many.syncs - few.syncs >= 40, `${few.syncs} syncs, then ${many.syncs}`);
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test({
  name: "openSqliteStore() acknowledges nothing that a failing disk did not take",
  ignore,
  fn: async () => {
    let refused = 0;
    for (const when of ["1", "4", "7", "8", "10", "13", "19", "10+"]) {
      const folder = await Deno.makeTempDir({ prefix: "store_" });
      const path = `${folder}/farm.db`;
      const inject = `inject=fsync,fdatasync:error=EIO:when=${when}`;
      const { lines, opens } = await runTraced(path, 8, ["-e", inject]);
      const { store } = await openSqliteStore(path);
      await checkLedger(store, lines);
      await store.close();
      if (lines.includes("refused io")) refused++;
      // A connection whose commit was not synced is not believed again.
      if (when === "13") assertEquals([opens, lines.includes("refused io")], [2, true]);
      await Deno.remove(folder, { recursive: true });
    }
    // Not every failing sync keeps the store from anything: that of a folder does not.
    assert(refused >= 4, `Only ${refused} runs noticed`);
  },
});

Deno.test({
  name: "openSqliteStore() says that the disk is full, and goes on when there is space again",
  ignore: !works("unshare", ["--mount", "mount", "-t", "tmpfs", "none", "/mnt"]),
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "store_full_" });
    const mount = ["-t", "tmpfs", "-o", "size=2m", "none", folder];
    assert(works("mount", mount));
    try {
      await fillAndGoOn(folder);
    } finally {
      assert(works("umount", [folder]));
      await Deno.remove(folder);
    }
  },
});

async function fillAndGoOn(folder: string): Promise<void> {
  const ballast = `${folder}/ballast`;
  await Deno.writeFile(ballast, new Uint8Array(1_000_000));
  const path = `${folder}/farm.db`;
  const { store } = await openSqliteStore(path);
  let files = 0;
  const take = async () => {
    const ids = Array.from({ length: 500 }, (_, i) => `file-${files}-${i}`);
    const intake = await store.receive(fileOf(`file-${files}`));
    try {
      await intake.add(tasksOf(ids));
      await intake.finish({ rerun: false });
      await store.commit([{ kind: "batch_accepted", batch: `file-${files}`, at: 1 }]);
      files++;
    } catch (error) {
      await intake.abandon();
      throw error;
    }
  };
  try {
    await take();
    const { tasks } = await store.claim(PYTHON, 0, 50);
    const handedOut = tasks.map((row) => assigned(row));
    const error = await assertRejects(async () => {
      // Their rows are behind when the disk is full.
      await store.commit(handedOut);
      for (;;) await take();
    }, StoreError);
    assertEquals([error.code, error.down], ["full", false]);
    assert(files > 0);
    assertEquals((await store.counts()).total, 500 * files);
    assertEquals((await listAll(store, {})).length, 500 * files);
    await Deno.remove(ballast);
    await take();
    assertEquals((await listAll(store, {})).length, 500 * files);
    assertEquals((await store.unfinished()).length, 50);
    assertEquals(await store.recount(), await store.counts());
  } finally {
    await store.close();
  }
  const { store: again } = await openSqliteStore(path);
  assertEquals((await again.counts()).total, 500 * files);
  await again.close();
}
