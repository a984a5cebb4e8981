/**
 * A worker that only pretends: it speaks the wire, computes nothing, counts what it is asked to
 * do, and can be told to lie. Many of them fit into one process.
 *
 * @module
 */
import {
  type Assignment,
  type AttemptRef,
  CONTRACT_VERSION,
  type DispatchReply,
  HEARTBEAT_MS,
  type Outcome,
  OUTCOMES_MAX,
} from "../../contract/wire.ts";
import { freePort } from "../ports.ts";

export interface SimulatedOptions {
  readonly capacity?: number;
  /** Time until a task completes; null = never, until the test says so. */
  readonly workMs?: number | null;
  readonly port?: number;
  readonly epoch?: string;
  readonly contract?: number;
  /** Answers a request instead of the honest code; undefined = be honest. */
  readonly answer?: (path: string, request: Request) => Promise<Response | void> | Response | void;
  /** Changes an outcome before it is sent. */
  readonly twist?: (outcome: Outcome) => unknown;
  readonly heartbeats?: boolean;
  /** Keeps no record of acknowledged attempts, for runs of very many. */
  readonly forgets?: boolean;
  /** What completed tasks say they took; short ones make the orchestrator send work ahead. */
  readonly executionMs?: number;
  readonly obeysCancel?: boolean;
}

export class SimulatedWorker {
  readonly id: string;
  readonly port: number;
  readonly epoch: string;
  readonly options: SimulatedOptions;
  /** Attempts that wait or run here. */
  readonly held = new Map<string, AttemptRef>();
  /** Outcomes not acknowledged. */
  readonly ended = new Map<string, Outcome>();
  /** How often each attempt was begun: more than once breaks the contract. */
  readonly begun = new Map<string, number>();
  readonly acknowledged = new Set<string>();
  readonly cancelled = new Set<string>();
  /** Requests by path. */
  readonly calls = new Map<string, number>();
  heldMax = 0;
  capacity: number;
  /** Time that the tasks taken from now on take. */
  workMs: number | null;
  #server: Deno.HttpServer;
  readonly #streams = new Set<ReadableStreamDefaultController<Uint8Array>>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  readonly #beat: ReturnType<typeof setInterval>;

  constructor(id: string, options: SimulatedOptions = {}) {
    this.id = id;
    this.options = options;
    this.port = options.port ?? freePort(0);
    this.epoch = options.epoch ?? crypto.randomUUID();
    this.capacity = options.capacity ?? 4;
    this.workMs = options.workMs === undefined ? 5 : options.workMs;
    this.#server = Deno.serve(
      {
        hostname: "127.0.0.1",
        port: this.port,
        onListen() {},
        onError: () => new Response("", { status: 500 }),
      },
      (request) => this.#serve(request),
    );
    this.#beat = setInterval(() => {
      if (options.heartbeats !== false) this.heartbeat();
    }, HEARTBEAT_MS);
  }

  async #serve(request: Request): Promise<Response> {
    const path = new URL(request.url).pathname;
    this.calls.set(path, (this.calls.get(path) ?? 0) + 1);
    const lie = await this.options.answer?.(path, request);
    if (lie) return lie;
    if (path === "/health") return Response.json({ status: "healthy" });
    if (path === "/stream") return new Response(this.stream());
    const body = await request.json();
    if (path === "/dispatch") return Response.json(this.dispatch(body.tasks));
    const attempts: AttemptRef[] = body.attempts;
    if (path === "/acknowledge") {
      for (const ref of attempts) {
        this.ended.delete(keyOf(ref));
        if (this.options.forgets === true) this.begun.delete(keyOf(ref));
        else this.acknowledged.add(keyOf(ref));
      }
    }
    if (path === "/cancel") {
      for (const ref of attempts) this.#cancel(ref);
    }
    return Response.json({});
  }

  #cancel(ref: AttemptRef): void {
    this.cancelled.add(keyOf(ref));
    if (this.options.obeysCancel === false || !this.held.has(keyOf(ref))) return;
    this.end(ref, { status: "cancelled" });
  }

  /** The honest dispatch: a known attempt is accepted and not begun again. */
  dispatch(tasks: readonly Assignment[]): DispatchReply {
    for (const task of tasks) this.#take(task);
    return {
      accepted: tasks.map(({ task_id, attempt }) => ({ task_id, attempt })),
      refused: [],
    };
  }

  #take({ task_id, attempt }: Assignment): void {
    const ref = { task_id, attempt };
    const key = keyOf(ref);
    if (this.held.has(key) || this.ended.has(key) || this.acknowledged.has(key)) return;
    this.held.set(key, ref);
    this.heldMax = Math.max(this.heldMax, this.held.size);
    this.begun.set(key, (this.begun.get(key) ?? 0) + 1);
    const { workMs } = this;
    if (workMs === null) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (this.held.has(key)) this.complete(ref);
    }, workMs);
    this.#timers.add(timer);
  }

  complete(ref: AttemptRef, digest = digestOf(ref.task_id)): void {
    const { executionMs = 1 } = this.options;
    this.end(ref, { ...completed(digest), execution_ms: executionMs });
  }

  /** Ends an attempt and reports it on every open stream. */
  end(ref: AttemptRef, how: Record<string, unknown>): void {
    const outcome = outcomeOf(ref, how);
    this.held.delete(keyOf(ref));
    this.ended.set(keyOf(ref), outcome);
    this.say({ type: "outcomes", outcomes: [this.#twisted(outcome)] });
  }

  #twisted(outcome: Outcome): unknown {
    return this.options.twist?.(outcome) ?? outcome;
  }

  progress(ref: AttemptRef, steps: number): void {
    const running = [{ ...ref, started_at: Date.now(), steps_completed: steps, steps_total: 1e9 }];
    this.say({ type: "progress", running });
  }

  heartbeat(): void {
    const holds = [...this.held.values()];
    const { capacity } = this;
    this.say({ type: "heartbeat", capacity, draining: false, holds, cpu: 0, memory_bytes: 1 });
  }

  /** Sends a line on every open stream. */
  say(line: unknown): void {
    this.sayText(`${JSON.stringify(line)}\n`);
  }

  sayText(text: string): void {
    const bytes = new TextEncoder().encode(text);
    for (const stream of this.#streams) {
      try {
        stream.enqueue(bytes);
      } catch {
        this.#streams.delete(stream);
      }
    }
  }

  get streams(): number {
    return this.#streams.size;
  }

  hello(): Record<string, unknown> {
    const ended = [...this.ended.values()].map(({ task_id, attempt }) => ({ task_id, attempt }));
    return {
      type: "hello",
      contract: this.options.contract ?? CONTRACT_VERSION,
      worker_id: this.id,
      epoch: this.epoch,
      version: "0.0.0",
      capacity: this.capacity,
      algorithms: ["python", "cython"],
      queue_max: 1000,
      draining: false,
      holds: [...this.held.values()],
      ended,
      at: Date.now(),
    };
  }

  stream(): ReadableStream<Uint8Array> {
    let mine: ReadableStreamDefaultController<Uint8Array>;
    return new ReadableStream({
      start: (controller) => {
        mine = controller;
        const lines: unknown[] = [this.hello()];
        const outcomes = [...this.ended.values()].map((outcome) => this.#twisted(outcome));
        for (let at = 0; at < outcomes.length; at += OUTCOMES_MAX) {
          lines.push({ type: "outcomes", outcomes: outcomes.slice(at, at + OUTCOMES_MAX) });
        }
        const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
        controller.enqueue(new TextEncoder().encode(text));
        this.#streams.add(controller);
      },
      cancel: () => void this.#streams.delete(mine),
    });
  }

  /** Ends all streams; the orchestrator opens new ones. */
  cut(): void {
    for (const stream of this.#streams) {
      try {
        stream.error(new Error("cut"));
      } catch {
        // It has ended already.
      }
    }
    this.#streams.clear();
  }

  async close(): Promise<void> {
    clearInterval(this.#beat);
    for (const timer of this.#timers) clearTimeout(timer);
    this.cut();
    await this.#server.shutdown();
  }
}

export function keyOf({ task_id, attempt }: AttemptRef): string {
  return `${task_id}#${attempt}`;
}

/** A digest that depends on the task alone, as that of a real simulation does. */
export function digestOf(taskId: string): string {
  return Array.from(taskId, (char) => char.charCodeAt(0).toString(16)).join("").slice(0, 64)
    .padEnd(64, "0");
}

export function completed(digest: string): Record<string, unknown> {
  const metrics = { particles_processed: 1, steps_completed: 1, state_sha256: digest };
  return { status: "completed", result: { status: "completed", output: "Simulated", metrics } };
}

export function outcomeOf(ref: AttemptRef, how: Record<string, unknown>): Outcome {
  const now = Date.now();
  return { ...ref, started_at: now, ended_at: now, execution_ms: 1, ...how } as Outcome;
}
