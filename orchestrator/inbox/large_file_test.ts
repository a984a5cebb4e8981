import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { TASK_FILE_ERRORS_LISTED, TASK_FILE_LIMITS } from "../../contract/task_file.ts";
import { checkTaskFile } from "../../contract/task_file_check.ts";
import { UnusualFileError } from "../../contract/task_file_split.ts";
import { parameterChecks } from "../../simulation/parameter_check.ts";
import {
  ChangedFileError,
  endsWithBrace,
  KEPT_BYTES_MAX,
  lookOf,
  surveyFile,
  tasksOf,
} from "./large_file.ts";
import { DEFAULTS, type Desk, deskTest, fileOf } from "./testing.ts";

const TASKS = 20_000;
const IDS = Array.from({ length: TASKS }, (_, at) => `task_${at}`);
/** Some 2 MB: above what is parsed as a whole. */
const LARGE = fileOf(...IDS);

/** Above what is kept from one reading to the next. */
const VERY_LARGE = fileOf(...IDS.slice(0, 5000))
  .replaceAll('"algorithm":', `"note":"${"x".repeat(KEPT_BYTES_MAX / 5000)}","algorithm":`);

/** LARGE, where these tasks are others. */
function largeWith(edits: Record<number, object>): string {
  const file = JSON.parse(LARGE);
  for (const [at, edit] of Object.entries(edits)) {
    file.tasks[at] = { ...file.tasks[at], ...edit };
  }
  return JSON.stringify(file);
}

/** What the check of the whole text finds. */
function wholeCheck(text: string) {
  const options = { algorithms: parameterChecks(DEFAULTS), limits: TASK_FILE_LIMITS };
  return checkTaskFile(text, options);
}

async function expectRejected(desk: Desk, text: string): Promise<void> {
  const expected = wholeCheck(text);
  assert(!expected.ok);
  await desk.drop("large.json", text);
  await desk.inbox.start();
  await desk.untilFiles(0, 1);
  const record = await desk.store.batch("large.json");
  assertEquals(record?.errors, expected.errors);
  assertEquals(record?.errors_total, expected.errorsTotal);
  const counts = await desk.store.counts();
  assertEquals([counts.total, counts], [0, await desk.store.recount()]);
}

deskTest("Inbox takes a large file as it takes a small one", async (desk) => {
  const text = `\ufeff{"metadata": {"by": "ñ"}, "tasks":${LARGE.slice(LARGE.indexOf("["), -1)}}`;
  await desk.drop("large.json", text);
  await desk.inbox.start();
  await desk.untilFiles(1);
  const record = await desk.store.batch("large.json");
  assertEquals([record?.accepted, record?.metadata], [TASKS, { by: "ñ" }]);
  const bytes = new TextEncoder().encode(text);
  const sha256 = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  assertEquals([record?.bytes, record?.sha256], [bytes.length, sha256]);
  const { tasks } = await desk.store.batchTasks(record!.id, { limit: 1000 });
  assertEquals(tasks.map(({ task_id }) => task_id), IDS.slice(0, 1000));
});

deskTest("Inbox finds every error of a large file, in the usual words", async (desk) => {
  await expectRejected(
    desk,
    largeWith({ 7: { priority: 11 }, 9000: { task_id: IDS[3] }, 19_999: { parameters: [] } }),
  );
});

deskTest("Inbox names both places of an id that stands twice in a large file", async (desk) => {
  await expectRejected(desk, largeWith({ 19_999: { task_id: IDS[0] } }));
});

deskTest("Inbox gives line and column of a fault in a large file", async (desk) => {
  await expectRejected(desk, `${LARGE.slice(0, -2)},\n 1,}`);
});

deskTest("Inbox counts the errors of a large file and lists the first of them", async (desk) => {
  await desk.drop("first.json", fileOf(...IDS));
  await desk.inbox.start();
  await desk.untilFiles(1);
  await desk.drop("large.json", LARGE.replaceAll('"seed":4', '"seed":5'));
  await desk.untilFiles(1, 1);
  const record = await desk.store.batch("large.json");
  assertEquals([record?.errors.length, record?.errors_total], [TASK_FILE_ERRORS_LISTED, TASKS]);
  assertEquals((record?.errors as { code: string }[])[0]?.code, "other_content");
});

deskTest("Inbox takes a large file of an unusual shape once it has settled", async (desk) => {
  await desk.drop("large.json", LARGE.replace('"tasks"', '"t\\u0061sks"'));
  await desk.inbox.start();
  await desk.untilFiles(1);
  assertEquals((await desk.store.counts()).status.pending, TASKS);
});

deskTest("Inbox waits for the rest of a large file that pauses behind a task", async (desk) => {
  await desk.inbox.start();
  const path = join(desk.queue, "large.json");
  const half = LARGE.lastIndexOf("}", LARGE.length / 2) + 1;
  const bytes = new TextEncoder().encode(LARGE);
  using file = await Deno.open(path, { write: true, create: true });
  await file.write(bytes.subarray(0, half));
  await desk.until(() => desk.inbox.filesPending === 1);
  for (let at = half; at < bytes.length;) at += await file.write(bytes.subarray(at));
  await desk.untilFiles(1);
  assertEquals((await desk.store.counts()).status.pending, TASKS);
});

deskTest("Inbox reads a very large file again for its tasks", async (desk) => {
  assert(VERY_LARGE.length > KEPT_BYTES_MAX);
  await expectRejected(desk, VERY_LARGE.replace('"task_4999"', '"task_0"'));
  await desk.drop("very_large.json", VERY_LARGE);
  await desk.untilFiles(1, 1);
  assertEquals((await desk.store.counts()).status.pending, 5000);
});

deskTest("Inbox finishes the cut off move of a large file", async (desk) => {
  await desk.drop("large.json", LARGE);
  await desk.inbox.start();
  await desk.untilFiles(1);
  await desk.inbox.stop();
  const [archived] = await desk.list("processed");
  await Deno.rename(join(desk.queue, "processed", archived!), join(desk.queue, "large.json"));
  desk.newInbox();
  await desk.inbox.start();
  await desk.untilFiles(1);
  assertEquals(await desk.list("processed"), [archived]);
});

/** A file as somebody saw it; `rewrite` then changes it, and keeps its time if it can. */
async function withSeen(
  text: string,
  body: (
    seen: Parameters<typeof surveyFile>[0],
    rewrite: (text: string) => Promise<void>,
  ) => Promise<void>,
): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeTextFile(path, text);
    const info = await Deno.lstat(path);
    await body({ path, look: lookOf(info), signal: new AbortController().signal }, async (text) => {
      await Deno.writeTextFile(path, text);
      await Deno.utime(path, info.atime!, info.mtime!);
    });
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("surveyFile() tells of a file that grew", async () => {
  await withSeen(LARGE, async (seen, rewrite) => {
    await rewrite(LARGE + " ");
    await assertRejects(() => surveyFile(seen, TASK_FILE_LIMITS), ChangedFileError);
  });
});

Deno.test("surveyFile() tells of a file that shrank", async () => {
  await withSeen(LARGE, async (seen, rewrite) => {
    await rewrite("");
    await assertRejects(() => surveyFile(seen, TASK_FILE_LIMITS), ChangedFileError);
    await assertRejects(() => endsWithBrace(seen), ChangedFileError);
  });
});

Deno.test("surveyFile() leaves a file that is cut off to others", async () => {
  await withSeen(LARGE.slice(0, -1), async (seen) => {
    assertEquals(await endsWithBrace(seen), false);
    await assertRejects(() => surveyFile(seen, TASK_FILE_LIMITS), UnusualFileError);
  });
});

Deno.test("surveyFile() stops when it is told to", async () => {
  await withSeen(LARGE, async (seen) => {
    const signal = AbortSignal.abort(new Error("no more"));
    await assertRejects(() => surveyFile({ ...seen, signal }, TASK_FILE_LIMITS), Error, "no more");
  });
});

Deno.test("tasksOf() tells of other bytes, even where size and time are the same", async () => {
  await withSeen(LARGE, async (seen, rewrite) => {
    const { sha256 } = await surveyFile(seen, TASK_FILE_LIMITS);
    assertEquals((await Array.fromAsync(tasksOf(seen, sha256))).flat().length, TASKS);
    await rewrite(LARGE.replace('"seed":4', '"seed":5'));
    assertEquals(lookOf(await Deno.lstat(seen.path)), seen.look);
    await assertRejects(() => Array.fromAsync(tasksOf(seen, sha256)), ChangedFileError);
    await rewrite(LARGE.replace("[", "{"));
    await assertRejects(() => Array.fromAsync(tasksOf(seen, sha256)), ChangedFileError);
  });
});

Deno.test("endsWithBrace() skips blanks, and does not wait for a file of blanks", async () => {
  for (
    const [text, expected] of [["{}\n\n", true], ["   ", true], ["{},", false], [
      "}\0",
      false,
    ]] as const
  ) {
    await withSeen(text, async (seen) => assertEquals(await endsWithBrace(seen), expected));
  }
});
