/**
 * What deciding costs: tasks a second through the core alone, without store, network or workers.
 *
 * @module
 */
import { taskContent } from "../../contract/task.ts";
import { type AttemptRef, CONTRACT_VERSION, type Outcome } from "../../contract/wire.ts";
import type { Event } from "../../orchestrator/core/messages.ts";
import { createState, DEFAULT_POLICY } from "../../orchestrator/core/state.ts";
import { step } from "../../orchestrator/core/step.ts";
import type { NewEvent } from "../../orchestrator/scheduler.ts";
import type { TaskRow } from "../../orchestrator/store/store.ts";
import type { Row } from "./report.ts";

const TASKS = 200_000;
const TASKS_QUICK = 20_000;
const FARMS = [{ workers: 1, slots: 8 }, { workers: 64, slots: 32 }];
const RESULT = { status: "completed" as const, output: "Done", metrics: {} };

export function benchCore({ quick }: { quick: boolean }): Promise<Row[]> {
  const tasks = quick ? TASKS_QUICK : TASKS;
  return Promise.resolve(FARMS.map((farm) => {
    const startMs = performance.now();
    run(tasks, farm);
    const us = (performance.now() - startMs) * 1000 / tasks;
    return { bench: "core", ...farm, tasks, us_per_task: Math.round(us * 100) / 100 };
  }));
}

/** Claims, assigns and completes all tasks; outcomes come back in the groups they went out in. */
function run(tasks: number, { workers, slots }: { workers: number; slots: number }): void {
  const state = createState(DEFAULT_POLICY, 1);
  let mono = 0;
  let given: { worker: string; refs: AttemptRef[] }[] = [];
  const send = (event: NewEvent) => {
    mono += 0.1;
    for (const effect of step(state, { ...event, at: { wall: mono, mono } } as Event)) {
      if (effect.kind === "dispatch") {
        given.push({ worker: effect.worker, refs: [...effect.tasks] });
      }
    }
  };
  const ids = Array.from({ length: workers }, (_, at) => `worker-${at}`);
  send({
    kind: "workers_configured",
    workers: ids.map((id) => ({ id, capacity: null, algorithms: null, weight: 1, address: id })),
  });
  for (const worker of ids) send({ kind: "worker_connected", worker, hello: hello(worker, slots) });
  const key = { priority: 5, algorithm: "cython" };
  for (let from = 0; from < tasks;) {
    const rows = Array.from({ length: Math.min(2000, tasks - from) }, (_, at) => row(from + at));
    from += rows.length;
    send({ kind: "tasks_claimed", key, tasks: rows, position: from, more: true });
    while (state.active.size > 0) {
      const now = given;
      given = [];
      for (const { worker, refs } of now) {
        send({ kind: "attempts_ended", worker, outcomes: refs.map(outcome) });
      }
    }
  }
}

function hello(worker_id: string, capacity: number) {
  return {
    type: "hello" as const,
    contract: CONTRACT_VERSION,
    worker_id,
    epoch: "1",
    version: "0",
    capacity,
    algorithms: ["cython"],
    queue_max: 1000,
    draining: false,
    holds: [],
    ended: [],
    at: 0,
  };
}

function row(seq: number): TaskRow {
  return {
    seq,
    task_id: `task_${seq}`,
    batch: "b",
    algorithm: "cython",
    content: taskContent("cython", { num_particles: 1, num_steps: 0, seed: seq }),
    priority: 5,
    created_at: 0,
    timeout_ms: null,
    status: "pending",
    attempt: 0,
    worker: null,
    assigned_at: null,
    started_at: null,
    completed_at: null,
    execution_ms: null,
    retry_count: 0,
    redistributions: 0,
    crashes: 0,
    not_before: null,
    error: null,
    tried: [],
  };
}

function outcome({ task_id, attempt }: AttemptRef): Outcome {
  return {
    task_id,
    attempt,
    status: "completed",
    started_at: 0,
    ended_at: 0,
    execution_ms: 0.1,
    result: RESULT,
  };
}
