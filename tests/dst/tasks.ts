/**
 * The tasks of a simulated world, and what they do to a worker that runs them.
 *
 * @module
 */
import type { TaskSpec } from "../../contract/task.ts";
import type { CheckedTask } from "../../contract/task_file.ts";
import type { Chance } from "./chance.ts";

/**
 * What happens to a task that runs: `ok` it completes, `flaky` it throws the first few times,
 * `hopeless` it always throws, `permanent` its parameters are bad, `poison` the whole worker dies,
 * `crash` its thread dies, `hang` it never moves, `late` it takes longer than its time limit.
 */
export type Behaviour =
  | "ok"
  | "flaky"
  | "hopeless"
  | "permanent"
  | "poison"
  | "crash"
  | "hang"
  | "late";

export interface SimTask {
  readonly id: string;
  readonly behaviour: Behaviour;
  /** How long it runs, until it ends as it does, ms. */
  readonly runMs: number;
  /** How often a flaky task throws. */
  readonly failures: number;
  readonly algorithm: "python" | "cython";
  readonly priority: number;
  readonly timeoutMs: number | null;
}

/** The only right result of a task: simulations are deterministic. */
export function truthOf(taskId: string): string {
  return `result of ${taskId}`;
}

/** Draws a task. `hostile` is the share of tasks that do anything but complete. */
export function drawTask(chance: Chance, id: string, hostile: number): SimTask {
  const behaviour: Behaviour = chance.happens(hostile)
    ? chance.oneOf<Behaviour>([
      "flaky",
      "flaky",
      "hopeless",
      "permanent",
      "poison",
      "crash",
      "hang",
      "late",
    ])
    : "ok";
  const isTiny = chance.happens(0.4);
  const runMs = isTiny ? chance.between(0.1, 20) : chance.between(50, 8000);
  return {
    id,
    behaviour,
    runMs,
    failures: chance.whole(1, 3),
    algorithm: chance.happens(0.7) ? "python" : "cython",
    priority: chance.oneOf([2, 5, 5, 5, 8]),
    timeoutMs: behaviour === "late" ? runMs / 2 : chance.happens(0.1) ? runMs * 4 + 1000 : null,
  };
}

export function tinyTask(id: string): SimTask {
  return {
    id,
    behaviour: "ok",
    runMs: 2,
    failures: 0,
    algorithm: "python",
    priority: 5,
    timeoutMs: null,
  };
}

export function checkedTask(task: SimTask, index: number): CheckedTask {
  const spec: TaskSpec = {
    task_id: task.id,
    algorithm: task.algorithm,
    algorithm_written: task.algorithm,
    parameters: { task: task.id },
    priority: task.priority,
    priority_written: task.priority,
    ...(task.timeoutMs === null ? {} : { timeout: task.timeoutMs / 1000 }),
  };
  return { index, spec };
}

/** A task file in the folder. Two files with equal `bytes` are the same file. */
export interface TaskFile {
  readonly name: string;
  readonly bytes: string;
  readonly tasks: readonly SimTask[];
  readonly rerun: boolean;
}
