/**
 * What the model of a worker says on its stream: hello, heartbeats, progress, outcomes.
 *
 * @module
 */
import {
  type AttemptRef,
  CONTRACT_VERSION,
  HEARTBEAT_MS,
  type Progress,
} from "../../contract/wire.ts";
import type { Attempt, AttemptLedger } from "../../worker/attempts.ts";
import type { Kernel, Process } from "./kernel.ts";
import type { Stream } from "./network.ts";
import { outcomeOf } from "./running.ts";
import type { SimTask } from "./tasks.ts";

/** The only farm of these worlds. */
export const FARM = "farm";

/** One life of the process: all of it is gone with the process. */
export interface Life {
  readonly process: Process;
  readonly epoch: string;
  readonly capacity: number;
  readonly attempts: AttemptLedger;
  readonly running: Map<Attempt, { startedMs: number; startedAt: number }>;
  queue: Attempt[];
  isDraining: boolean;
  stream: Stream | null;
  unsent: Attempt[];
  lastProgress: string;
  /** Wedged, with a look planned. */
  isLooking: boolean;
}

/** First line of a stream; what has ended follows. */
export function sayHello(
  life: Life,
  worker: { workerId: string; algorithms: readonly string[]; queueMax: number },
): void {
  life.lastProgress = "";
  life.unsent = life.attempts.endedOf(FARM);
  life.stream?.send({
    type: "hello",
    contract: CONTRACT_VERSION,
    worker_id: worker.workerId,
    epoch: life.epoch,
    version: "0",
    capacity: life.capacity,
    algorithms: [...worker.algorithms],
    queue_max: worker.queueMax,
    draining: life.isDraining,
    holds: life.attempts.holds(FARM),
    ended: life.unsent.map(({ assignment }) => refOf(assignment)),
    at: life.process.now().wall,
  });
  sayOutcomes(life);
}

export function sayOutcomes(life: Life): void {
  if (life.stream === null || life.unsent.length === 0) return;
  const outcomes = life.unsent.splice(0)
    .filter(({ assignment }) => life.attempts.find(FARM, assignment) !== undefined)
    .flatMap(({ outcome }) => outcome === undefined ? [] : outcomeOf(outcome));
  if (outcomes.length > 0) life.stream.send({ type: "outcomes", outcomes });
}

/** What has ended is held until its outcome is written. */
export function sayHeartbeat(life: Life): void {
  const unsent = life.unsent.map(({ assignment }) => refOf(assignment));
  life.stream?.send({
    type: "heartbeat",
    capacity: life.capacity,
    draining: life.isDraining,
    holds: [...life.attempts.holds(FARM), ...unsent],
    cpu: null,
    memory_bytes: null,
  });
  sayOutcomes(life);
}

export function sayProgress(
  life: Life,
  { kernel, taskOf }: { kernel: Kernel; taskOf: (id: string) => SimTask | undefined },
): void {
  const running = [...life.running].map(([{ assignment }, times]): Progress => ({
    ...refOf(assignment),
    started_at: times.startedAt,
    steps_completed: taskOf(assignment.task_id)?.behaviour === "hang"
      ? 0
      : Math.floor((kernel.nowMs - times.startedMs) / HEARTBEAT_MS),
    steps_total: 1000,
  }));
  const progress = JSON.stringify(running);
  if (running.length === 0 || progress === life.lastProgress) return;
  life.lastProgress = progress;
  life.stream?.send({ type: "progress", running });
}

export function refOf({ task_id, attempt }: AttemptRef): AttemptRef {
  return { task_id, attempt };
}
