import { assertEquals } from "@std/assert";
import type { Attempt } from "./attempts.ts";
import { CHUNK_MAX } from "./control.ts";
import { CHAOS } from "./testing/chaos.ts";
import { WorkQueue } from "./work_queue.ts";

function attempt(task_id: string, value = 0): Attempt {
  const assignment = { task_id, attempt: 1, algorithm: "sized", parameters: { value } };
  return { farm: "farm", assignment, state: "waiting" };
}

function queueOf(count: number, options: { threads?: number; taskMs?: number } = {}): WorkQueue {
  const queue = new WorkQueue({ threads: options.threads ?? 1, findAlgorithm: CHAOS.find });
  if (options.taskMs !== undefined) queue.learn(attempt("learned").assignment, options.taskMs);
  for (let id = 0; id < count; id++) queue.push(attempt(`t${id}`));
  return queue;
}

const ids = (attempts: readonly Attempt[]) => attempts.map(({ assignment }) => assignment.task_id);

Deno.test("nextChunk() hands out one task as long as nothing is known", () => {
  assertEquals(ids(queueOf(10).nextChunk()), ["t0"]);
});

Deno.test("nextChunk() gathers short tasks, in order, up to its limits", () => {
  assertEquals(ids(queueOf(3, { taskMs: 0.01 }).nextChunk()), ["t0", "t1", "t2"]);
  assertEquals(queueOf(500, { taskMs: 0.01 }).nextChunk().length, CHUNK_MAX);
  assertEquals(queueOf(500, { taskMs: 15 }).nextChunk().length, 2, "about 40 ms of work");
  assertEquals(queueOf(500, { taskMs: 400 }).nextChunk().length, 1);
});

Deno.test("nextChunk() leaves the other threads their share", () => {
  assertEquals(queueOf(10, { taskMs: 0.01, threads: 4 }).nextChunk().length, 3);
});

Deno.test("nextChunk() stops before a task of unknown size", () => {
  const queue = queueOf(2, { taskMs: 0.01 });
  queue.push(attempt("large", 1e6));
  queue.push(attempt("t3"));
  assertEquals(ids(queue.nextChunk()), ["t0", "t1"]);
  assertEquals(ids(queue.nextChunk()), ["large"]);
});

Deno.test("nextChunk() survives parameters that say nothing about size", () => {
  const queue = queueOf(0);
  const broken = attempt("broken");
  queue.push({ ...broken, assignment: { ...broken.assignment, parameters: { value: "x" } } });
  assertEquals(ids(queue.nextChunk()), ["broken"]);
});

Deno.test("unshift() and dropEnded() keep the order", () => {
  const queue = queueOf(3);
  const [first, second] = [...queue.nextChunk(), ...queue.nextChunk()] as [Attempt, Attempt];
  queue.unshift([first, second]);
  second.state = "ended";
  queue.dropEnded();
  assertEquals(ids(queue.list()), ["t0", "t2"]);
});
