/**
 * Runs the tasks of a chunk inside a thread: checks the parameters once more, advances the
 * simulation in slices, and turns whatever happens into an outcome.
 *
 * @module
 */
import type { Failure, TaskResult } from "../contract/wire.ts";
import type { Algorithm, Metrics, Simulation } from "../simulation/algorithm.ts";
import { runSlices } from "../simulation/run.ts";
import type { ControlBlock } from "./control.ts";
import { previewOf, record, type Recorder } from "./recorder.ts";
import type { Ending, ThreadNews, ThreadOutcome, ThreadTask } from "./thread_api.ts";

/** How often a thread shows its steps and looks whether to stop, ms. */
const SLICE_MS = 20;
/** Reading the memory costs as much as a small task, so it is read at most this often, ms. */
const MEMORY_READ_MS = 50;

/** Tasks arrive with all parameters; these stand in for a sender that leaves some out. */
const DEFAULTS = { num_particles: 100, num_steps: 500, seed: 42 };

/** What a runner needs from the thread around it. */
export interface RunnerSurroundings {
  readonly find: (name: string) => Algorithm | undefined;
  readonly control: ControlBlock;
  /** Sends something ahead of the end of the chunk. */
  readonly send: (news: ThreadNews) => void;
  /** Resident memory of the process, bytes. */
  readonly memoryBytes: () => number;
}

/** One task while it runs. */
interface TaskRun {
  readonly place: number;
  /** When it began, monotonic ms. */
  readonly clock: number;
  readonly onSlice: () => void;
  recorder: Recorder | null;
}

/** The most memory seen while one task ran. */
class MemoryPeak {
  readonly #read: () => number;
  #readAtMs = -Infinity;
  #lastBytes = 0;
  #peakBytes = 0;

  constructor(read: () => number) {
    this.#read = read;
  }

  sample(): void {
    const now = performance.now();
    if (now - this.#readAtMs > MEMORY_READ_MS) {
      this.#readAtMs = now;
      this.#lastBytes = this.#read();
    }
    this.#peakBytes = Math.max(this.#peakBytes, this.#lastBytes);
  }

  /** The peak in bytes; the next task starts anew. */
  takePeak(): number {
    this.sample();
    const peak = this.#peakBytes;
    this.#peakBytes = 0;
    return peak;
  }
}

/** Runs chunks; keeps each algorithm's schema, which costs more to build than a small task. */
export class ChunkRunner {
  readonly #around: RunnerSurroundings;
  readonly #schemas = new Map<string, ReturnType<Algorithm["parameters"]>>();
  readonly #memory: MemoryPeak;

  constructor(surroundings: RunnerSurroundings) {
    this.#around = surroundings;
    this.#memory = new MemoryPeak(surroundings.memoryBytes);
  }

  /** Runs the tasks in order; those that the process takes back meanwhile are left out. */
  async run(tasks: readonly ThreadTask[]): Promise<ThreadOutcome[]> {
    const { control, send } = this.#around;
    let outcomes: ThreadOutcome[] = [];
    const sendEnded = () => {
      if (outcomes.length > 0) send({ early_outcomes: outcomes });
      outcomes = [];
    };
    for (const [place, task] of tasks.entries()) {
      const startedAt = Date.now();
      if (!control.begin(place, startedAt)) continue;
      const clock = performance.now();
      const run: TaskRun = { place, clock, onSlice: sendEnded, recorder: null };
      const ending = await this.#runTask(task, run);
      outcomes.push({
        place,
        started_at: startedAt,
        ended_at: Date.now(),
        execution_ms: performance.now() - clock,
        ending,
      });
      control.end(place);
      if (run.recorder === null || ending.status !== "completed") continue;
      // Packing takes a while: the outcome does not wait for it.
      sendEnded();
      this.#sendTrajectory(place, run.recorder);
    }
    return outcomes;
  }

  #sendTrajectory(place: number, recorder: Recorder): void {
    const trajectory = recorder.finish();
    if (trajectory !== null) this.#around.send({ trajectory, place });
  }

  async #runTask(task: ThreadTask, run: TaskRun): Promise<Ending> {
    try {
      const checked = this.#check(task);
      if ("failure" in checked) return { status: "failed", failure: checked.failure };
      const created = checked.algorithm.create(checked.parameters);
      if (task.record !== undefined) run.recorder = record(created, task.record);
      const simulation = run.recorder?.simulation ?? created;
      const { timeout_ms: timeoutMs } = task;
      const stop = await this.#advance(simulation, { ...run, timeoutMs, seen: created });
      if (stop !== undefined) return stop;
      return this.#completed(checked.algorithm, await simulation.summary());
    } catch (error) {
      return { status: "failed", failure: taskFailure(error) };
    }
  }

  #check(
    task: ThreadTask,
  ): { failure: Failure } | { algorithm: Algorithm; parameters: Record<string, unknown> } {
    const algorithm = this.#around.find(task.algorithm);
    if (algorithm === undefined) {
      return {
        failure: permanent("unknown_algorithm", `This worker has no algorithm "${task.algorithm}"`),
      };
    }
    let schema = this.#schemas.get(algorithm.name);
    if (schema === undefined) {
      schema = algorithm.parameters(DEFAULTS);
      this.#schemas.set(algorithm.name, schema);
    }
    const parsed = schema.safeParse(task.parameters);
    if (!parsed.success) {
      const message = parsed.error.issues.map((issue) => issue.message).join("; ");
      return { failure: permanent("invalid_parameters", message) };
    }
    return { algorithm, parameters: parsed.data };
  }

  /** Runs to the end; an ending when it was stopped before. */
  async #advance(
    simulation: Simulation,
    run: TaskRun & { timeoutMs: number | undefined; seen: Simulation },
  ): Promise<Ending | undefined> {
    const { control } = this.#around;
    const { place, clock, timeoutMs = Infinity, onSlice, seen } = run;
    control.steps(simulation.stepsCompleted, simulation.stepsTotal);
    const show = (stepsCompleted: number) => {
      onSlice();
      control.steps(stepsCompleted, simulation.stepsTotal);
      this.#memory.sample();
      if (control.takePreviewRequest()) this.#sendPreview(place, seen);
      const late = performance.now() - clock > timeoutMs;
      return late || control.isToStop(place) ? "stop" : "continue";
    };
    const end = await runSlices(simulation, { sliceMs: SLICE_MS, onSlice: show, onPart: show });
    if (end === "completed") return undefined;
    if (control.isToStop(place)) return { status: "cancelled" };
    return { status: "failed", failure: timeoutFailure(timeoutMs) };
  }

  #sendPreview(place: number, simulation: Simulation): void {
    const preview = previewOf(simulation);
    if (preview !== null) this.#around.send({ preview, place });
  }

  #completed(algorithm: Algorithm, summary: Metrics): Ending {
    const memory_peak = `${(this.#memory.takePeak() / 1e6).toFixed(1)} MB`;
    const metrics = { ...summary, memory_peak };
    const result: TaskResult = {
      status: "completed",
      output: sentence(algorithm, metrics),
      metrics,
    };
    return { status: "completed", result: JSON.stringify(result) };
  }
}

function sentence(algorithm: Algorithm, metrics: Metrics): string {
  const count = (name: string) => metrics[name] ?? 0;
  return `Simulated ${count("particles_processed")} particles over ${count("steps_completed")} ` +
    `steps (${algorithm.name}): ${count("particle_collisions")} particle collisions, ` +
    `${count("wall_collisions")} wall collisions`;
}

function permanent(code: string, message: string): Failure {
  return { kind: "permanent", code, message };
}

/** Also used by the process for a thread that does not look at the clock. */
export function timeoutFailure(timeoutMs: number): Failure {
  return {
    kind: "timeout",
    code: "timeout",
    message: `Not finished within its timeout of ${timeoutMs / 1000} s`,
  };
}

function taskFailure(error: unknown): Failure {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { kind: "task", code: "task_error", message: message.slice(0, 1000) };
}
