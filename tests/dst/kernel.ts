/**
 * Time of a simulated world: one queue of what happens next, and processes that can be stopped,
 * continued and killed. Nothing here waits for real time; promises that an event settles have run
 * before the next event happens.
 *
 * @module
 */
import type { Instant } from "../../orchestrator/core/messages.ts";
import { Chance } from "./chance.ts";

/** Any day will do. */
const START_WALL = 1_720_000_000_000;
/** Turns of the promise queue after each event: more than the longest chain of awaits. */
const MICROTASK_TURNS = 24;
/** Lines of the trace that are kept for a report. */
const TRACE_LINES = 60;

interface Planned {
  readonly atMs: number;
  readonly number: number;
  readonly act: () => void;
}

export class Kernel {
  readonly chance: Chance;
  readonly violations: string[] = [];
  nowMs = 0;
  #planned: Planned[] = [];
  #number = 0;
  #lines: string[] = [];
  #hash = 0x811c9dc5;

  readonly #settle: () => Promise<void>;

  /** `settle` resolves when all that follows from an event, in real time, has happened. */
  constructor(seed: number, settle: () => Promise<void> = emptyPromiseQueue) {
    this.chance = new Chance(seed);
    this.#settle = settle;
  }

  /** Changes with every line of the trace and its order. */
  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, "0");
  }

  get lastLines(): readonly string[] {
    return this.#lines.slice(-TRACE_LINES);
  }

  trace(text: string): void {
    const line = `${(this.nowMs / 1000).toFixed(3)} ${text}`;
    for (let i = 0; i < line.length; i++) {
      this.#hash = Math.imul(this.#hash ^ line.charCodeAt(i), 0x01000193);
    }
    this.#lines.push(line);
    if (this.#lines.length > 4 * TRACE_LINES) this.#lines = this.#lines.slice(-TRACE_LINES);
  }

  /** A promise of the farm is broken: the world ends after this event. */
  violate(what: string): void {
    this.trace(`VIOLATION ${what}`);
    this.violations.push(what);
  }

  after(ms: number, act: () => void): void {
    const planned = { atMs: this.nowMs + Math.max(0, ms), number: this.#number++, act };
    const heap = this.#planned;
    let at = heap.push(planned) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isEarlier(planned, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = planned;
  }

  /** Lets the world go on until `untilMs`, or until `done` holds or something is violated. */
  async run(untilMs: number, done: () => boolean = () => false): Promise<void> {
    while (this.violations.length === 0 && !done()) {
      const next = this.#planned[0];
      if (next === undefined || next.atMs > untilMs) {
        this.nowMs = untilMs;
        return;
      }
      this.#dropFirst();
      this.nowMs = next.atMs;
      next.act();
      await this.#settle();
    }
  }

  #dropFirst(): void {
    const heap = this.#planned;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isEarlier(heap[child + 1]!, heap[child]!)) child++;
      if (!isEarlier(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}

async function emptyPromiseQueue(): Promise<void> {
  for (let turn = 0; turn < MICROTASK_TURNS; turn++) await null;
}

function isEarlier(a: Planned, b: Planned): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.number < b.number);
}

/** A process: what it plans happens only while it lives, and late if it was stopped meanwhile. */
export class Process {
  readonly #kernel: Kernel;
  readonly name: string;
  #state: "running" | "stopped" | "dead" = "running";
  #waiting: (() => void)[] = [];
  /** How far its calendar is off, ms. Its monotonic clock is always right. */
  skewMs = 0;

  constructor(kernel: Kernel, name: string) {
    this.#kernel = kernel;
    this.name = name;
  }

  get isAlive(): boolean {
    return this.#state !== "dead";
  }

  get isStopped(): boolean {
    return this.#state === "stopped";
  }

  now(): Instant {
    return { wall: START_WALL + this.#kernel.nowMs + this.skewMs, mono: this.#kernel.nowMs };
  }

  /** Does it now, or when the process is continued; never if it is dead. */
  do(act: () => void): void {
    if (this.#state === "running") act();
    else if (this.#state === "stopped") this.#waiting.push(act);
  }

  after(ms: number, act: () => void): void {
    this.#kernel.after(ms, () => this.do(act));
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Like an interval timer: beats that were missed while it was stopped come as one. */
  every(ms: number, act: () => void): () => void {
    let ended = false;
    const beat = () => {
      if (ended) return;
      act();
      this.after(ms, beat);
    };
    this.after(ms, beat);
    return () => ended = true;
  }

  kill(): void {
    this.#state = "dead";
    this.#waiting = [];
  }

  stop(): void {
    if (this.#state === "running") this.#state = "stopped";
  }

  continue(): void {
    if (this.#state !== "stopped") return;
    this.#state = "running";
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const act of waiting) this.do(act);
  }
}
