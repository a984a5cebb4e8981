/**
 * The loop: takes all waiting events, lets the core decide, makes its decisions durable in one
 * transaction, and only then acts on them. The only caller of `step` and of `store.commit`.
 *
 * If the store fails, nothing of the batch is sent: the core is rebuilt from what is stored, as
 * after a restart, and every worker is asked to say again what it has.
 *
 * @module
 */
import type { Effect, Event, Instant, Notice } from "./core/messages.ts";
import { createState, type Policy, type SchedulerState } from "./core/state.ts";
import { stepAll, TICK_MS } from "./core/step.ts";
import { type Clock, SYSTEM_CLOCK, SYSTEM_TIMERS, type Timers } from "./clock.ts";
import type { Hands, Listener, NewEvent } from "./hands.ts";
import type { Change, Store } from "./store/store.ts";

export type { Hands, Listener, NewEvent };

/** Most events of one turn of the loop: bounds the transaction, and the wait of the next one. */
const EVENTS_MAX = 1000;
/**
 * After a large commit the next one waits this many times as long as that one took, so that under
 * load most of the time is left for work and the groups grow with the price of a sync.
 */
const COMMIT_PACE = 3;
/** Changes that make a commit a large one. A single task on an idle farm never waits. */
const COMMIT_LARGE = 32;
/** Longest such wait, ms. */
const COMMIT_PACE_MAX_MS = 25;
/** Pause between attempts to reach a store that fails, ms. */
const STORE_RETRY_MS = 500;

/** What the loop needs of a store. */
export type SchedulerStore = Pick<Store, "commit" | "claim" | "queues" | "unfinished">;

interface Request {
  readonly prepare: () => Promise<NewEvent | null>;
  readonly settle: (error: Error | null) => void;
}

export class Scheduler {
  readonly #store: SchedulerStore;
  readonly #policy: Policy;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #seed: number;
  readonly #listeners: Listener[] = [];
  #hands: Hands | null = null;
  #state: SchedulerState;
  #events: Event[] = [];
  #requests: Request[] = [];
  #claims: Extract<Effect, { kind: "claim" }>[] = [];
  #wake: () => void = () => {};
  #stopping = false;
  #paused = false;
  #storeError: Error | null = null;
  #configured: NewEvent | null = null;
  #done: Promise<void> | null = null;
  #busyMs = 0;
  /** Not to commit before, by the monotonic clock. */
  #commitAfterMono = 0;

  constructor(
    store: SchedulerStore,
    options: { policy: Policy; clock?: Clock; timers?: Timers; seed?: number },
  ) {
    this.#store = store;
    this.#policy = options.policy;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#timers = options.timers ?? SYSTEM_TIMERS;
    this.#seed = options.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]!;
    this.#state = createState(this.#policy, this.#seed);
  }

  /** For reading only: what the core knows right now. */
  get state(): SchedulerState {
    return this.#state;
  }

  /** The failure that keeps the farm from going on, or null. */
  get storeError(): Error | null {
    return this.#storeError;
  }

  /** Time that the loop has been at work since the start, waiting for the disk included, s. */
  get busySeconds(): number {
    return this.#busyMs / 1000;
  }

  now(): Instant {
    return this.#clock.now();
  }

  listen(listener: Listener): void {
    this.#listeners.push(listener);
  }

  /** Loads what the store remembers and begins to turn. */
  async start(hands: Hands): Promise<void> {
    this.#hands = hands;
    await this.#restore();
    this.#done = this.#run();
  }

  /** Queues an event; it is handled in the next turn. */
  submit(event: NewEvent): void {
    if (event.kind === "workers_configured") this.#configured = event;
    this.#events.push({ ...event, at: this.#clock.now() } as Event);
    this.#wake();
  }

  /**
   * Runs `prepare` inside the loop, between two turns, so that what it reads from the store cannot
   * change before its event is handled. Resolves when the event's changes are durable; rejects, with
   * nothing changed, when `prepare` throws or the store fails. A null event means nothing to do.
   * With `first` it comes before all other requests of a turn: what takes rows away must.
   */
  request(
    prepare: () => Promise<NewEvent | null>,
    { first = false }: { first?: boolean } = {},
  ): Promise<void> {
    if (this.#stopping) return Promise.reject(new Error("The orchestrator is stopping"));
    return new Promise((resolve, reject) => {
      const settle = (error: Error | null) => error === null ? resolve() : reject(error);
      this.#requests[first ? "unshift" : "push"]({ prepare, settle });
      this.#wake();
    });
  }

  /** Stops handing out tasks; everything else goes on. */
  pauseDispatch(): void {
    this.#paused = true;
  }

  /** Handles what is queued, then ends the loop. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#paused = true;
    this.#wake();
    await this.#done;
  }

  async #run(): Promise<void> {
    const stopTicking = this.#timers.every(TICK_MS, () => this.submit({ kind: "ticked" }));
    try {
      while (!this.#stopping || this.#events.length > 0 || this.#requests.length > 0) {
        if (this.#isIdle) await this.#sleep();
        // Let everything that has arrived be queued first: the more events, the fewer syncs.
        await this.#timers.breathe();
        await this.#pace();
        const startMono = this.#clock.now().mono;
        await this.#turn();
        this.#busyMs += this.#clock.now().mono - startMono;
      }
    } finally {
      stopTicking();
    }
  }

  async #pace(): Promise<void> {
    const waitMs = this.#commitAfterMono - this.#clock.now().mono;
    if (waitMs >= 1 && !this.#stopping) await this.#timers.pause(waitMs);
  }

  get #isIdle(): boolean {
    return this.#events.length + this.#requests.length + this.#claims.length === 0;
  }

  #sleep(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  async #turn(): Promise<void> {
    const settled: Request[] = [];
    const requested: Event[] = [];
    for (const request of this.#requests.splice(0, EVENTS_MAX)) {
      try {
        const event = await request.prepare();
        if (event !== null) requested.push({ ...event, at: this.#clock.now() } as Event);
        settled.push(request);
      } catch (error) {
        request.settle(asError(error));
      }
    }
    try {
      const claimed = await this.#claimed();
      // Claimed tasks first: a request may be about one of them.
      await this.#apply([...claimed, ...this.#events.splice(0, EVENTS_MAX), ...requested]);
      for (const request of settled) request.settle(null);
    } catch (error) {
      for (const request of settled) request.settle(asError(error));
      await this.#recover(asError(error));
    }
  }

  async #apply(events: readonly Event[]): Promise<void> {
    const dispatching = !this.#paused;
    const effects = stepAll(this.#state, events, { dispatching });
    const changes: Change[] = [];
    for (const effect of effects) if (effect.kind === "persist") changes.push(effect.change);
    const finished = changes.length === 0 ? [] : await this.#commit(changes);
    for (const effect of effects) this.#act(effect);
    if (changes.length > 0) {
      for (const listener of this.#listeners) listener.committed?.(changes, finished);
    }
  }

  async #commit(changes: readonly Change[]): Promise<readonly string[]> {
    const startMono = this.#clock.now().mono;
    const { finished } = await this.#store.commit(changes);
    const endMono = this.#clock.now().mono;
    const paceMs = Math.min(COMMIT_PACE_MAX_MS, (endMono - startMono) * COMMIT_PACE);
    this.#commitAfterMono = changes.length < COMMIT_LARGE ? 0 : endMono + paceMs;
    return finished;
  }

  #act(effect: Effect): void {
    const hands = this.#hands!;
    switch (effect.kind) {
      case "persist":
        return;
      case "dispatch":
        return hands.dispatch(effect);
      case "cancel":
        return hands.cancel(effect);
      case "acknowledge":
        return hands.acknowledge(effect.worker, effect.attempts);
      case "claim":
        this.#claims.push(effect);
        return this.#wake();
      case "compare":
        for (const listener of this.#listeners) listener.compared?.(effect.worker, effect.outcome);
        return;
      case "notify":
        return this.#notify(effect.notice);
    }
  }

  #notify(notice: Notice): void {
    if (notice.kind === "worker_lost" && notice.reason === "silent") {
      this.#hands!.reconnect(notice.worker);
    }
    for (const listener of this.#listeners) listener.noticed?.(notice);
  }

  /** What the core asked for: read between two turns, so that nothing of it is out of date. */
  async #claimed(): Promise<Event[]> {
    const claimed: Event[] = [];
    for (const { key, after, limit } of this.#claims.splice(0)) {
      const { tasks, position } = await this.#store.claim(key, after, limit);
      const more = tasks.length === limit;
      const at = this.#clock.now();
      claimed.push({ kind: "tasks_claimed", key, tasks, position, more, at });
    }
    return claimed;
  }

  async #restore(): Promise<void> {
    const unfinished = await this.#store.unfinished();
    const queues = await this.#store.queues();
    const drained = [...this.#state.workers.values()].filter((worker) => worker.drained);
    this.#state = createState(this.#policy, this.#seed);
    this.#claims = [];
    const events: NewEvent[] = [];
    if (this.#configured !== null) events.push(this.#configured);
    for (const { id } of drained) {
      events.push({ kind: "worker_drain_requested", worker: id, drain: true });
    }
    events.push({ kind: "unfinished_loaded", tasks: unfinished }, { kind: "queues_found", queues });
    const at = this.#clock.now();
    await this.#apply(events.map((event) => ({ ...event, at }) as Event));
  }

  /** The store failed: keep trying to load what it holds, then start over from that. */
  async #recover(error: Error): Promise<void> {
    this.#storeError = error;
    for (const listener of this.#listeners) listener.storeFailed?.(error);
    while (!this.#stopping) {
      await this.#timers.pause(STORE_RETRY_MS);
      for (const request of this.#requests.splice(0)) request.settle(error);
      this.#events = [];
      try {
        await this.#restore();
        break;
      } catch (again) {
        this.#storeError = asError(again);
      }
    }
    this.#storeError = null;
    this.#hands!.reconnect(null);
    for (const listener of this.#listeners) listener.storeFailed?.(null);
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
