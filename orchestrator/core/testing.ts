/**
 * A core under test: events are built from plain words, time moves by hand, and the invariants are
 * checked after every step. For tests only.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { taskContent, type TaskStatus } from "../../contract/task.ts";
import { type AttemptRef, CONTRACT_VERSION, type Outcome } from "../../contract/wire.ts";
import type { NewEvent } from "../scheduler.ts";
import type { TaskRow } from "../store/store.ts";
import { check } from "./invariants.ts";
import type { ConfiguredWorker, Effect, Event } from "./messages.ts";
import { createState, DEFAULT_POLICY, type Policy } from "./state.ts";
import { step, stepAll } from "./step.ts";

/** Any moment will do: the core never looks at the calendar. */
const START_WALL = 1_720_000_000_000;

export function taskRow(task_id: string, more: Partial<TaskRow> = {}): TaskRow {
  return {
    seq: Number(task_id.replace(/\D/g, "")) || 1,
    task_id,
    batch: "batch",
    algorithm: "python",
    content: taskContent("python", { num_particles: 1, num_steps: 1, seed: 1 }),
    priority: 5,
    created_at: START_WALL,
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
    ...more,
  };
}

export function completed(ref: AttemptRef, executionMs = 1000): Outcome {
  const result = { status: "completed" as const, output: "Done", metrics: {} };
  return {
    ...ref,
    started_at: START_WALL,
    ended_at: START_WALL,
    execution_ms: executionMs,
    status: "completed",
    result,
  };
}

export function failed(
  ref: AttemptRef,
  kind: "permanent" | "task" | "timeout" | "crash" = "task",
): Outcome {
  return {
    ...ref,
    started_at: START_WALL,
    ended_at: START_WALL,
    execution_ms: 1,
    status: "failed",
    failure: { kind, code: kind, message: `It ended by ${kind}` },
  };
}

export class CoreUnderTest {
  readonly state;
  mono = 0;

  constructor(policy: Partial<Policy> = {}) {
    this.state = createState({ ...DEFAULT_POLICY, ...policy }, 1);
  }

  /** Applies an event, checks the invariants, returns the effects. */
  send(event: NewEvent): Effect[] {
    const at = { wall: START_WALL + this.mono, mono: this.mono };
    const effects = step(this.state, { ...event, at } as Event);
    assertEquals(check(this.state), [], `after ${event.kind}`);
    return effects;
  }

  /** Applies events at one go. */
  sendAll(...events: NewEvent[]): Effect[] {
    const at = { wall: START_WALL + this.mono, mono: this.mono };
    const effects = stepAll(this.state, events.map((event) => ({ ...event, at }) as Event));
    assertEquals(check(this.state), [], `after ${events.map(({ kind }) => kind).join(", ")}`);
    return effects;
  }

  /** Lets time pass, tick by tick. */
  pass(ms: number): Effect[] {
    const effects: Effect[] = [];
    const end = this.mono + ms;
    while (this.mono < end) {
      this.mono = Math.min(end, this.mono + 250);
      effects.push(...this.send({ kind: "ticked" }));
    }
    return effects;
  }

  configure(...ids: (string | ConfiguredWorker)[]): Effect[] {
    const workers = ids.map((id) =>
      typeof id === "string"
        ? { id, capacity: null, algorithms: null, weight: 1, address: `${id}:5001` }
        : id
    );
    return this.send({ kind: "workers_configured", workers });
  }

  hello(worker: string, more: {
    capacity?: number;
    epoch?: string;
    holds?: AttemptRef[];
    ended?: AttemptRef[];
    algorithms?: string[];
    draining?: boolean;
  } = {}): Effect[] {
    const hello = {
      type: "hello" as const,
      contract: CONTRACT_VERSION,
      worker_id: worker,
      version: "0",
      epoch: "first",
      capacity: 1,
      algorithms: ["python", "cython"],
      queue_max: 100,
      draining: false,
      holds: [],
      ended: [],
      at: START_WALL,
      ...more,
    };
    return this.send({ kind: "worker_connected", worker, hello });
  }

  beat(worker: string, holds: AttemptRef[] = [], capacity = 1): Effect[] {
    const beat = {
      type: "heartbeat" as const,
      capacity,
      draining: false,
      holds,
      cpu: null,
      memory_bytes: null,
    };
    return this.send({ kind: "worker_heartbeat", worker, beat });
  }

  claim(...tasks: TaskRow[]): Effect[] {
    const effects: Effect[] = [];
    for (const task of tasks) {
      const { priority, algorithm, seq } = task;
      effects.push(...this.send({
        kind: "tasks_claimed",
        key: { priority, algorithm },
        tasks: [task],
        position: seq,
        more: false,
      }));
    }
    return effects;
  }

  end(worker: string, ...outcomes: Outcome[]): Effect[] {
    return this.send({ kind: "attempts_ended", worker, outcomes });
  }
}

/** The dispatches among effects, as `worker: task#attempt …`. */
export function dispatched(effects: readonly Effect[]): string[] {
  return effects.filter((effect) => effect.kind === "dispatch").map((effect) =>
    `${effect.worker}: ${effect.tasks.map((task) => `${task.task_id}#${task.attempt}`).join(" ")}`
  );
}

export function cancelled(effects: readonly Effect[]): string[] {
  return effects.filter((effect) => effect.kind === "cancel").map((effect) =>
    `${effect.worker}: ${
      effect.attempts.map((task) => `${task.task_id}#${task.attempt}`).join(" ")
    }`
  );
}

/** The transitions among effects, as `task: from > to`. */
export function persisted(effects: readonly Effect[]): string[] {
  const lines: string[] = [];
  for (const effect of effects) {
    if (effect.kind !== "persist" || effect.change.kind !== "task") continue;
    const { from, task } = effect.change;
    lines.push(`${task.task_id}: ${from} > ${task.status}`);
  }
  return lines;
}

export function ref(task_id: string, attempt = 1): AttemptRef {
  return { task_id, attempt };
}

export function statusOf(core: CoreUnderTest, taskId: string): TaskStatus | "gone" {
  return core.state.window.get(taskId)?.row.status ?? "gone";
}
