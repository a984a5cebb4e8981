import { assertEquals, assertRejects } from "@std/assert";
import { waitForBatch } from "./batch_wait.ts";
import { type BatchAnswer, FarmClient, FarmProblem, Unreachable } from "./farm_client.ts";
import {
  batch,
  nobodysUrl,
  problem,
  type Story,
  withOrchestrator,
} from "./testing/fake_orchestrator.ts";

/** The looks at a batch until its end: `ended/tasks`, null while it was not taken. */
async function looks(
  story: Story,
  isOurs: (batch: BatchAnswer) => boolean = () => true,
): Promise<(string | null)[]> {
  const seen: (string | null)[] = [];
  await withOrchestrator(story, async (url) => {
    await waitForBatch(new FarmClient(url), "b.json", {
      isOurs,
      onProgress: (progress) => seen.push(progress && `${progress.ended}/${progress.tasks}`),
      lookMs: 1,
      awayMs: 2000,
    });
  });
  return seen;
}

Deno.test("waitForBatch() waits for the file to be taken and for its last task", async () => {
  const story = {
    "/batches/b.json": [
      problem(404),
      batch("1_b", {}, { state: "receiving" }),
      batch("1_b", { pending: 2, completed: 0 }),
      batch("1_b", { redistributed: 1, completed: 1 }),
      batch("1_b", { failed: 1, completed: 1 }),
    ],
  };
  assertEquals(await looks(story), [null, null, "0/2", "1/2", "2/2"]);
});

Deno.test("waitForBatch() passes over an older batch of the same name", async () => {
  const story = {
    "/batches/b.json": [batch("1_b", { completed: 9 }), batch("2_b", { completed: 3 })],
  };
  assertEquals(await looks(story, ({ id }) => id !== "1_b"), [null, "3/3"]);
});

Deno.test("waitForBatch() ends when the file is rejected", async () => {
  const story = { "/batches/b.json": [batch("1_b", {}, { state: "rejected" })] };
  assertEquals(await looks(story), ["0/0"]);
});

Deno.test("waitForBatch() counts tasks that earlier files brought", async () => {
  const known = batch("1_b", { completed: 1 }, { known: 1, requeued: 1 });
  const statuses = (...all: string[]) => all.map((status, i) => ({ task_id: `${i}`, status }));
  const story = {
    "/batches/b.json": [known],
    "/batches/1_b/results": [statuses("completed", "completed", "completed")],
  };
  assertEquals(await looks(story), ["3/3"]);
});

Deno.test("waitForBatch() bears an orchestrator that cannot answer for a moment", async () => {
  const story = {
    "/batches/b.json": [{ hello: "world" }, problem(503), batch("1_b", { completed: 1 })],
  };
  assertEquals(await looks(story), ["1/1"]);
});

Deno.test("waitForBatch() gives up when nobody answers for too long", async () => {
  const options = { isOurs: () => true, onProgress: () => {}, lookMs: 1, awayMs: 20 };
  await assertRejects(
    () => waitForBatch(new FarmClient(nobodysUrl()), "b.json", options),
    Unreachable,
  );
});

Deno.test("waitForBatch() tells a problem of the orchestrator at once", async () => {
  await assertRejects(() => looks({ "/batches/b.json": [problem(400)] }), FarmProblem, "Refused");
});
