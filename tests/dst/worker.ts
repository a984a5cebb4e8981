/**
 * A worker's machine in a simulated world: a model of the worker's process that follows the wire
 * contract, around the real ledger of attempts. It can be killed, stopped, wedged and started again.
 *
 * @module
 */
import {
  type Assignment,
  type AttemptRef,
  type DispatchReply,
  HEARTBEAT_MS,
  type Outcome,
  PROGRESS_MS,
} from "../../contract/wire.ts";
import { type Attempt, AttemptLedger } from "../../worker/attempts.ts";
import { type Kernel, Process } from "./kernel.ts";
import type { FarmLedger } from "./ledger.ts";
import type { Stream } from "./network.ts";
import { type Ending, held, outcomeOf, plannedEnd } from "./running.ts";
import type { SimTask } from "./tasks.ts";
import {
  FARM,
  type Life,
  refOf,
  sayHeartbeat,
  sayHello,
  sayOutcomes,
  sayProgress,
} from "./worker_lines.ts";

/** How often a wedged machine looks whether it can go on, ms. */
const WEDGED_LOOK_MS = 200;
/** Longest time until a running task obeys a stop, ms. */
const OBEY_MAX_MS = 500;

export interface MachineOptions {
  readonly kernel: Kernel;
  readonly ledger: FarmLedger;
  readonly algorithms: readonly string[];
  readonly queueMax: number;
  readonly taskOf: (id: string) => SimTask | undefined;
  readonly onDeath: () => void;
  /** For the test of the checks: takes an attempt that it knows for a new one. */
  readonly runsTwice: boolean;
  /** For the test of the checks: runs one more than it has slots. */
  readonly overloads: boolean;
}

export class WorkerMachine {
  readonly id: string;
  readonly #options: MachineOptions;
  #life: Life | null = null;
  #lives = 0;
  /** Nothing starts and nothing ends on it, but it goes on to say that it is well. */
  isWedged = false;
  slowness = 1;
  skewMs = 0;

  constructor(id: string, options: MachineOptions) {
    this.id = id;
    this.#options = options;
  }

  get process(): Process | null {
    return this.#life?.process ?? null;
  }

  get stream(): Stream | null {
    return this.#life?.stream ?? null;
  }

  /** Attempts that are not acknowledged yet, running or ended. */
  get held(): number {
    return this.#life?.attempts.held ?? 0;
  }

  start(capacity: number): void {
    if (this.#life !== null) return;
    const { kernel } = this.#options;
    const process = new Process(kernel, this.id);
    process.skewMs = this.skewMs;
    const life: Life = {
      process,
      epoch: `${this.id}.${++this.#lives}`,
      capacity,
      attempts: new AttemptLedger(),
      running: new Map(),
      queue: [],
      isDraining: false,
      stream: null,
      unsent: [],
      lastProgress: "",
      isLooking: false,
    };
    this.#life = life;
    kernel.trace(`${this.id} starts with capacity ${capacity}`);
    process.every(HEARTBEAT_MS, () => sayHeartbeat(life));
    process.every(PROGRESS_MS, () => {
      if (!this.isWedged) sayProgress(life, this.#options);
    });
  }

  kill(why: string): void {
    const life = this.#life;
    if (life === null) return;
    this.#options.kernel.trace(`${this.id} dies: ${why}`);
    this.#life = null;
    life.process.kill();
    life.stream?.closeWriter();
    this.#options.onDeath();
  }

  /** Takes nothing more and hands back what has not begun; off: takes tasks again. */
  drain(on: boolean): void {
    const life = this.#life;
    if (life === null) return;
    life.isDraining = on;
    if (on) {
      for (const attempt of life.queue.splice(0)) {
        this.#end(attempt, { status: "returned" });
      }
    }
    sayHeartbeat(life);
  }

  /** Hands back everything, what runs included. */
  returnAll(): void {
    const { queue, running } = this.#life!;
    for (const attempt of [...queue, ...running.keys()]) this.#stop(attempt, "returned");
  }

  // --- what the orchestrator asks -------------------------------------------------------------

  /** Null: this is another process than the one that was meant. */
  dispatch(epoch: string, tasks: readonly Assignment[]): DispatchReply | null {
    const life = this.#life!;
    if (epoch !== life.epoch) return null;
    const { attempts } = life;
    const accepted: AttemptRef[] = [];
    const refused: DispatchReply["refused"] = [];
    for (const task of tasks) {
      const ref = { task_id: task.task_id, attempt: task.attempt };
      const known = attempts.recognise(FARM, ref);
      if (known === "known" && !this.#options.runsTwice) {
        accepted.push(ref);
        continue;
      }
      const code = known === "superseded" ? known : this.#refusal();
      if (code !== null) {
        refused.push({ ...ref, code, message: `Refused: ${code}` });
        continue;
      }
      const { attempt, older } = attempts.admit(FARM, task);
      if (older !== undefined) this.#stop(older);
      life.queue.push(attempt);
      accepted.push(ref);
    }
    this.#fill();
    return { accepted, refused };
  }

  cancel(refs: readonly AttemptRef[], unstarted: boolean): void {
    const { attempts, queue } = this.#life!;
    for (const ref of refs) {
      const attempt = attempts.find(FARM, ref);
      if (attempt === undefined) continue;
      if (!unstarted) this.#stop(attempt);
      else if (queue.includes(attempt)) this.#stop(attempt, "returned");
    }
  }

  acknowledge(refs: readonly AttemptRef[]): void {
    const { attempts } = this.#life!;
    for (const ref of refs) {
      const outcome = attempts.find(FARM, ref)?.outcome;
      if (outcome !== undefined) this.#options.ledger.acknowledged(this.id, outcomeOf(outcome));
    }
    attempts.acknowledge(FARM, refs);
  }

  openStream(stream: Stream): void {
    const life = this.#life!;
    life.stream?.closeWriter();
    life.stream = stream;
    sayHello(life, { ...this.#options, workerId: this.id });
  }

  streamClosed(stream: Stream): void {
    if (this.#life?.stream === stream) this.#life.stream = null;
  }

  // --- what it does by itself -----------------------------------------------------------------

  #refusal(): string | null {
    const { isDraining, queue, capacity, running } = this.#life!;
    if (isDraining) return "draining";
    const room = this.#options.queueMax + capacity - running.size;
    return queue.length >= room ? "queue_full" : null;
  }

  #fill(): void {
    const { capacity, running, queue, process } = this.#life!;
    if (this.isWedged) return this.#fillLater(process);
    const slots = capacity + (this.#options.overloads ? 1 : 0);
    while (running.size < slots && queue.length > 0) this.#run(queue.shift()!);
  }

  #fillLater(process: Process): void {
    const life = this.#life!;
    if (life.isLooking) return;
    life.isLooking = true;
    process.after(WEDGED_LOOK_MS, () => {
      life.isLooking = false;
      this.#fill();
    });
  }

  #run(attempt: Attempt): void {
    const life = this.#life!;
    const { kernel, ledger, taskOf } = this.#options;
    const { assignment } = attempt;
    attempt.state = "running";
    life.running.set(attempt, { startedMs: kernel.nowMs, startedAt: life.process.now().wall });
    kernel.trace(`${this.id} runs ${assignment.task_id}#${assignment.attempt}`);
    ledger.begun(assignment, {
      epoch: life.epoch,
      running: life.running.size,
      capacity: life.capacity,
    });
    const task = taskOf(assignment.task_id)!;
    const plan = plannedEnd(task, assignment, ledger.runsOf(task.id));
    if (plan === null) return;
    life.process.after(plan.afterMs * this.slowness, () => {
      if (attempt.state !== "running") return;
      if (plan.end === "dies") this.kill(`poison ${task.id}`);
      else this.#endRunning(attempt, plan.end);
    });
  }

  #stop(attempt: Attempt, as: "cancelled" | "returned" = "cancelled"): void {
    if (attempt.state === "ended") return;
    attempt.stopAs ??= as;
    const life = this.#life!;
    if (attempt.state === "waiting") {
      life.queue = life.queue.filter((other) => other !== attempt);
      this.#end(attempt, { status: attempt.stopAs });
      return;
    }
    const obeyMs = this.#options.kernel.chance.between(1, OBEY_MAX_MS);
    const status = attempt.stopAs;
    life.process.after(obeyMs, () => this.#endRunning(attempt, { status }));
  }

  #endRunning(attempt: Attempt, ending: Ending): void {
    const { process } = this.#life!;
    if (this.isWedged) {
      process.after(WEDGED_LOOK_MS, () => this.#endRunning(attempt, ending));
      return;
    }
    this.#end(attempt, ending);
    this.#fill();
  }

  #end(attempt: Attempt, ending: Ending): void {
    const life = this.#life!;
    const started = life.running.get(attempt);
    const outcome: Outcome = {
      ...refOf(attempt.assignment),
      started_at: started?.startedAt ?? null,
      ended_at: life.process.now().wall,
      execution_ms: started === undefined ? 0 : this.#options.kernel.nowMs - started.startedMs,
      ...ending,
    };
    if (!life.attempts.end(attempt, held(outcome))) return;
    life.running.delete(attempt);
    life.unsent.push(attempt);
    life.process.after(0, () => sayOutcomes(life));
  }
}
