import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { apply, changeTo } from "../store/store_testing.ts";
import { deskTest, fileOf } from "./testing.ts";

deskTest("Inbox takes files that were there before it started", async (desk) => {
  await desk.drop("early.json", fileOf("a", "b"));
  await desk.inbox.start();
  await desk.untilFiles(1);
  assertMatch((await desk.list("processed"))[0]!, /^\d{8}_\d{6}_early\.json$/);
  assertEquals((await desk.store.counts()).status.pending, 2);
});

deskTest("Inbox takes a file written in three slow chunks once, and whole", async (desk) => {
  await desk.inbox.start();
  const text = fileOf("a", "b", "c");
  const path = join(desk.queue, "slow.json");
  const file = await Deno.open(path, { write: true, create: true });
  for (const part of [text.slice(0, 20), text.slice(20, 60), text.slice(60)]) {
    await file.write(new TextEncoder().encode(part));
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  file.close();
  await desk.untilFiles(1);
  assertEquals((await desk.store.counts()).status.pending, 3);
  assertEquals(await desk.list("rejected"), []);
});

deskTest("Inbox refuses a wrong file whole and says what is wrong beside it", async (desk) => {
  await desk.inbox.start();
  const tasks = JSON.parse(fileOf("a", "b")).tasks;
  tasks[1].parameters.num_steps = "500";
  await desk.drop("bad.json", JSON.stringify({ tasks }));
  await desk.untilFiles(0, 1);
  assertEquals((await desk.store.counts()).total, 0);
  const [name, errors] = await desk.list("rejected");
  assertEquals(errors, `${name}.errors.json`);
  const report = JSON.parse(await Deno.readTextFile(join(desk.queue, "rejected", errors!)));
  assertEquals(report.errors[0].path, "tasks[1].parameters.num_steps");
});

deskTest(
  "Inbox refuses what is no JSON only after it has settled, with line and column",
  async (desk) => {
    await desk.inbox.start();
    await desk.drop("broken.json", '{"tasks": [\n  {"task_id": "a",}\n]}');
    await desk.drop("empty.json", "");
    await desk.untilFiles(0, 2);
    const errors = (await desk.list("rejected")).filter((name) => name.endsWith("errors.json"));
    const [broken, empty] = await Promise.all(
      errors.map(async (name) =>
        JSON.parse(await Deno.readTextFile(join(desk.queue, "rejected", name)))
      ),
    );
    assertEquals([broken.errors[0].line, typeof broken.errors[0].column], [2, "number"]);
    assertEquals(empty.errors[0].code, "empty");
  },
);

deskTest("Inbox takes fifty files dropped at once", async (desk) => {
  await desk.inbox.start();
  await Promise.all(
    Array.from({ length: 50 }, (_, at) => desk.drop(`f${at}.json`, fileOf(`t${at}`))),
  );
  await desk.untilFiles(50);
  assertEquals((await desk.store.counts()).total, 50);
});

deskTest("Inbox leaves folders, links and other names alone", async (desk) => {
  await Deno.mkdir(join(desk.queue, "folder.json"));
  await Deno.writeTextFile(join(desk.folder, "secret.json"), fileOf("s"));
  await Deno.symlink(join(desk.folder, "secret.json"), join(desk.queue, "link.json"));
  await Deno.writeTextFile(join(desk.queue, "notes.txt"), "hello");
  await Deno.writeTextFile(join(desk.queue, ".hidden.json"), fileOf("h"));
  await desk.inbox.start();
  await desk.drop("a.json", fileOf("a"));
  await desk.until(async () => (await desk.store.counts()).files_accepted === 1);
  assertEquals((await desk.store.counts()).total, 1);
  const left = await desk.list(".");
  for (const name of ["folder.json", "link.json", "notes.txt", ".hidden.json"]) {
    assert(left.includes(name), `${name} is gone`);
  }
});

deskTest("Inbox archives names with spaces, quotes and dots as they are", async (desk) => {
  await desk.inbox.start();
  const name = `it's "my" ..batch ñ.json`;
  await desk.drop(name, fileOf("a"));
  await desk.untilFiles(1);
  assertMatch((await desk.list("processed"))[0]!, /^\d{8}_\d{6}_it's "my" \.\.batch ñ\.json$/);
  assertEquals((await desk.store.batch(name))?.state, "accepted");
});

deskTest("Inbox takes the same bytes again without running anything again", async (desk) => {
  await desk.inbox.start();
  await desk.drop("a.json", fileOf("a", "b"));
  await desk.untilFiles(1);
  await desk.drop("a.json", fileOf("a", "b"));
  await desk.untilFiles(2);
  const counts = await desk.store.counts();
  assertEquals([counts.total, counts.status.pending], [2, 2]);
  const again = await desk.store.batch("a.json");
  assertEquals([again?.accepted, again?.known], [0, 2]);
  assertEquals((await desk.list("processed")).length, 2);
});

deskTest(
  "Inbox refuses a known id with other content, and keeps nothing of that file",
  async (desk) => {
    await desk.inbox.start();
    await desk.drop("a.json", fileOf("a"));
    await desk.untilFiles(1);
    const { tasks } = JSON.parse(fileOf("new", "a"));
    tasks[1].parameters.seed = 5;
    await desk.drop("b.json", JSON.stringify({ tasks }));
    await desk.untilFiles(1, 1);
    assertEquals((await desk.store.counts()).total, 1);
    assertEquals((await desk.store.batch("b.json"))?.errors_total, 1);
  },
);

deskTest("Inbox refuses a file that is too large without reading it", async (desk) => {
  desk.newInbox({ bytesMax: 1000, tasksMax: 10 });
  await desk.inbox.start();
  await desk.drop("large.json", `{"tasks":[${" ".repeat(2000)}]}`);
  await desk.untilFiles(0, 1);
  const record = await desk.store.batch("large.json");
  assertEquals((record!.errors[0] as { code: string }).code, "too_large");
});

/** A scan under way makes the folder again: then once more. */
function putFileInPlaceOf(folder: string): void {
  for (;;) {
    Deno.removeSync(folder, { recursive: true });
    try {
      return Deno.writeTextFileSync(folder, "in the way", { createNew: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
}

deskTest("Inbox does not judge a file again that it could not move", async (desk) => {
  await desk.inbox.start();
  await desk.until(() => desk.inbox.problem === null);
  putFileInPlaceOf(join(desk.queue, "processed"));
  await desk.drop("a.json", fileOf("a"));
  await desk.until(() => desk.inbox.problem !== null);
  await Deno.remove(join(desk.queue, "processed"));
  await desk.untilFiles(1);
  await desk.until(() => desk.inbox.problem === null);
  assertEquals((await desk.store.counts()).total, 1);
});

deskTest("Inbox finishes the move that a crash cut off, without a second receipt", async (desk) => {
  await desk.inbox.start();
  await desk.drop("a.json", fileOf("a"));
  await desk.untilFiles(1);
  await desk.inbox.stop();
  // As if the process had died between the commit and the move.
  const [archived] = await desk.list("processed");
  await Deno.rename(join(desk.queue, "processed", archived!), join(desk.queue, "a.json"));
  desk.newInbox();
  await desk.inbox.start();
  await desk.untilFiles(1);
  assertEquals(await desk.list("processed"), [archived]);
});

deskTest("Inbox takes a file anew that comes again after its tasks have left", async (desk) => {
  await desk.inbox.start();
  await desk.drop("a.json", fileOf("a", "b"));
  await desk.untilFiles(1);
  await desk.inbox.stop();
  await apply(desk.store, ["a"], (row) => changeTo(row, { status: "cancelled", completed_at: 1 }));
  assertEquals((await desk.store.removeEnded({ before: 2 })).tasks, 1);
  // The archived file is gone for its age, too, so only the receipt tells of it.
  const [archived] = await desk.list("processed");
  await Deno.rename(join(desk.queue, "processed", archived!), join(desk.queue, "a.json"));
  desk.newInbox();
  await desk.inbox.start();
  await desk.untilFiles(2);
  assertEquals((await desk.store.load(["a"])).map(({ status }) => status), ["pending"]);
});

deskTest("Inbox makes the folder again when somebody removed it", async (desk) => {
  await desk.inbox.start();
  await desk.drop("a.json", fileOf("a"));
  await desk.untilFiles(1);
  // A scan may make a folder again while they are being removed.
  const remove = () => Deno.remove(desk.queue, { recursive: true });
  await desk.until(() => remove().then(() => true, () => false));
  await desk.until(async () => await Deno.stat(desk.queue).then(() => true, () => false));
  await desk.drop("b.json", fileOf("b"));
  await desk.untilFiles(2);
});

deskTest(
  "Inbox.drop() checks what came over the network and writes it into the folder",
  async (desk) => {
    await desk.inbox.start();
    const answer = await desk.inbox.drop(fileOf("a"), { name: "../../etc/x.json" });
    assert("file" in answer);
    assertEquals(answer.tasks, 1);
    await desk.untilFiles(1);
    const refused = await desk.inbox.drop('{"tasks": 5}', {});
    assert("errors" in refused && refused.total > 0);
    assertEquals(await desk.left(), []);
  },
);

deskTest("Inbox leaves files where they are while it is closed, and says why", async (desk) => {
  desk.closed = "The disk is full";
  await desk.inbox.start();
  await desk.drop("a.json", fileOf("a"));
  await desk.until(() => desk.inbox.problem === "The disk is full");
  assertEquals(await desk.inbox.drop(fileOf("b"), {}), { closed: "The disk is full" });
  assertEquals([await desk.left(), (await desk.store.counts()).total], [["a.json"], 0]);
  desk.closed = null;
  await desk.untilFiles(1);
  await desk.until(() => desk.inbox.problem === null);
});
