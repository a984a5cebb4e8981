/**
 * Tells people what happens to the farm: turns changes and notices into events, gathers them, and
 * sends a digest now and then. Nothing of the farm ever waits for it.
 *
 * @module
 */
import { getLogger } from "../../platform/log.ts";
import type { Notice } from "../core/messages.ts";
import type { Listener } from "../scheduler.ts";
import type { BatchRecord, Change, Store, TaskRow } from "../store/store.ts";
import { type ChannelState, Delivery, type Pause } from "./delivery.ts";
import { Digest } from "./digest.ts";
import type { FarmEvent } from "./farm_event.ts";
import { composeMessage } from "./message.ts";
import type { NotifySettings } from "./notify_settings.ts";

const log = getLogger("notify");

/** The first event after a quiet time waits this long for those that belong to it, ms. */
const GATHER_MS = 1000;
/** Time for the last messages when the farm stops, ms. */
const STOP_MS = 1500;

export interface NotifierOptions {
  readonly settings: NotifySettings;
  readonly store: Pick<Store, "batch">;
  /** @default {1000} */
  readonly gatherMs?: number;
  readonly pause?: Pause;
}

/** An event before it has its time. */
type Untimed<E> = E extends FarmEvent ? Omit<E, "at"> : never;

export class Notifier implements Listener {
  readonly #settings: NotifySettings;
  readonly #store: Pick<Store, "batch">;
  readonly #gatherMs: number;
  readonly #deliveries: readonly Delivery[];
  readonly #wanted: ReadonlySet<string>;
  readonly #digest = new Digest();
  /** Workers of whose loss somebody was told. */
  readonly #lost = new Set<string>();
  /** Questions to the store that are under way. */
  readonly #looking = new Set<Promise<void>>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the last digest went out, monotonic ms. */
  #sentMs = -Infinity;
  #stopped = false;

  constructor({ settings, store, gatherMs = GATHER_MS, pause }: NotifierOptions) {
    this.#settings = settings;
    this.#store = store;
    this.#gatherMs = gatherMs;
    this.#deliveries = settings.channels.map((channel) =>
      new Delivery(channel, pause === undefined ? {} : { pause })
    );
    this.#wanted = new Set([...settings.events, "test"]);
  }

  channels(): ChannelState[] {
    return this.#deliveries.map((delivery) => delivery.state());
  }

  /** Adds an event to the next digest, if anybody wants it. */
  tell(event: Untimed<FarmEvent>): void {
    if (this.#stopped || this.#deliveries.length === 0 || !this.#wanted.has(event.kind)) return;
    this.#digest.add({ ...event, at: Date.now() } as FarmEvent);
    const restMs = this.#sentMs + this.#settings.digestMs - performance.now();
    this.#timer ??= setTimeout(() => this.#send(), Math.max(this.#gatherMs, restMs));
  }

  /** Sends a test at once, whatever the digest's time. False when there is no channel. */
  sendTest(): boolean {
    if (this.#deliveries.length === 0) return false;
    const events = [{ kind: "test", at: Date.now() }] as const;
    this.#deliver({ events, more: new Map() });
    return true;
  }

  committed(changes: readonly Change[], finished: readonly string[]): void {
    if (this.#deliveries.length === 0) return;
    for (const change of changes) {
      if (change.kind === "task" && change.task.status === "failed") this.#onFailed(change.task);
    }
    for (const batch of finished) this.#onFinished(batch);
  }

  noticed(notice: Notice): void {
    if (notice.kind === "worker_lost" && notice.reason !== "removed") {
      const { worker, tasks } = notice;
      // A worker that stays away is lost once.
      if (this.#lost.has(worker)) return;
      this.#lost.add(worker);
      this.tell({ kind: "worker_lost", worker, tasks });
    } else if (notice.kind === "worker_connected" && this.#lost.delete(notice.worker)) {
      this.tell({ kind: "worker_back", worker: notice.worker });
    }
  }

  /** Sends what is gathered and tries what waits, for a moment. */
  async stop(): Promise<void> {
    await Promise.all(this.#looking);
    this.#stopped = true;
    clearTimeout(this.#timer);
    if (!this.#digest.isEmpty) this.#send();
    await Promise.all(this.#deliveries.map((delivery) => delivery.stop(STOP_MS)));
  }

  #onFailed(task: TaskRow): void {
    const { task_id, batch, worker, attempt, error } = task;
    this.tell({
      kind: "task_failed",
      task_id,
      batch,
      worker,
      attempts: attempt,
      code: error?.code ?? "unknown",
      message: error?.message ?? "",
    });
  }

  #onFinished(id: string): void {
    if (!this.#wanted.has("batch_finished")) return;
    const look = this.#store.batch(id).then((batch) => {
      if (batch !== null) this.tell(batchFinished(batch));
    }).catch((error) => {
      log.warning("Cannot tell of a finished batch", { batch: id, error });
    }).finally(() => this.#looking.delete(look));
    this.#looking.add(look);
  }

  #send(): void {
    this.#timer = undefined;
    this.#sentMs = performance.now();
    this.#deliver(this.#digest.take());
  }

  #deliver(content: Parameters<typeof composeMessage>[0]): void {
    const { language } = this.#settings;
    const message = composeMessage(content, { language, now: Date.now() });
    for (const delivery of this.#deliveries) delivery.add(message);
  }
}

function batchFinished(batch: BatchRecord): Untimed<FarmEvent> {
  const { completed, failed, cancelled } = batch.counts;
  return {
    kind: "batch_finished",
    batch: batch.id,
    file: batch.file,
    tasks: batch.accepted,
    completed,
    failed,
    cancelled,
    seconds: Math.max(0, (batch.finished_at ?? batch.received_at) - batch.received_at) / 1000,
  };
}
