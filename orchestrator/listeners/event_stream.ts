/**
 * What happens in the farm, as server-sent events: one stream for each reader, however many topics
 * it follows. Events of a topic are gathered for a quarter of a second, so their number does not
 * grow with the number of tasks. While nobody reads, nothing is gathered, computed or kept.
 *
 * Ids rise without end, also over restarts. A reader who comes back with the last id it saw gets
 * what it missed, or the event `reset`: then it has to ask for everything anew.
 *
 * @module
 */
import { getLogger } from "../../platform/log.ts";
import type { Notice } from "../core/messages.ts";
import type { Listener } from "../scheduler.ts";
import type { Change } from "../store/store.ts";
import { EventReplay } from "./event_replay.ts";

const log = getLogger("events");
const encoder = new TextEncoder();

export const TOPICS = ["tasks", "batches", "workers", "stats"] as const;
export type Topic = typeof TOPICS[number];

/** Time over which the events of a topic are gathered, ms. */
const GATHER_MS = 250;
/** Every how many gatherings statistics and workers are looked at, and a heartbeat is sent. */
const STATS_TURNS = 4;
const WORKERS_TURNS = 8;
const HEARTBEAT_TURNS = 40;
/** How long events go on being gathered after the last reader left, in gatherings: a minute. */
const LINGER_TURNS = 240;
/** Most transitions in one event; the rest is counted in `omitted`. */
const CHANGES_MAX = 2000;
/** Most bytes that may wait for a slow reader before it is dropped. */
const QUEUE_BYTES_MAX = 4 * 1024 * 1024;
const REPLAY = { eventsMax: 1000, bytesMax: 2 * 1024 * 1024 };
const READERS_MAX = 256;

/** Where the snapshots come from; each is asked at most once a second for all readers together. */
export interface SnapshotSources {
  stats(): Promise<Readonly<Record<string, unknown>>>;
  workers(): Promise<readonly { readonly id: string }[]>;
}

/** One transition of one task. */
export interface TaskTransition {
  readonly task_id: string;
  readonly from: string;
  readonly status: string;
  readonly batch: string;
  readonly worker: string | null;
  readonly attempt: number;
}

interface Reader {
  readonly topics: ReadonlySet<string>;
  readonly controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
}

/** Calls `turn` again and again until the function it returns is called. */
export type Every = (ms: number, turn: () => void) => () => void;

function everyInterval(ms: number, turn: () => void): () => void {
  const timer = setInterval(turn, ms);
  return () => clearInterval(timer);
}

export class EventStream implements Listener {
  readonly #every: Every;
  readonly #readers = new Set<Reader>();
  readonly #replay: EventReplay;
  #sources: SnapshotSources | null = null;
  #lastId: number;
  #dropped = 0;
  #closed = false;
  #stopTurning: (() => void) | null = null;
  #turns = 0;
  #turnsAlone = 0;
  #transitions: TaskTransition[] = [];
  #omitted = 0;
  #batches: { batch: string; event: "accepted" | "finished" }[] = [];
  #looking: Promise<void> | null = null;
  #statsText = "";
  #stats: Readonly<Record<string, unknown>> | null = null;
  #workers = new Map<string, string>();

  constructor(options: { every?: Every; nowMs?: number } = {}) {
    this.#every = options.every ?? everyInterval;
    // A thousand ids for each ms since 1970: a later start begins above all earlier ids, and stays
    // within what a number holds exactly.
    this.#lastId = (options.nowMs ?? Date.now()) * 1000;
    this.#replay = new EventReplay(this.#lastId, REPLAY);
  }

  /** To be called once, before anybody reads. */
  provide(sources: SnapshotSources): void {
    this.#sources = sources;
  }

  get readers(): number {
    return this.#readers.size;
  }

  /** Readers that were dropped because they did not keep up, since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * The id of the latest event, for somebody who takes a snapshot now and is going to read on from
   * it: from here on events are kept for a while, even if nobody reads yet.
   */
  mark(): number {
    if (!this.#closed) this.#wake();
    return this.#lastId;
  }

  /** A stream for a new reader; null when there are too many, or the farm is stopping. */
  open(
    { topics, lastId }: { topics: readonly Topic[]; lastId: number | null },
  ): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    if (this.#closed || this.#readers.size >= READERS_MAX) return null;
    this.#wake();
    let reader: Reader;
    return new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => {
        reader = { topics: new Set(topics), controller };
        this.#greet(reader, lastId);
        this.#readers.add(reader);
      },
      cancel: () => void this.#readers.delete(reader),
    }, { highWaterMark: QUEUE_BYTES_MAX, size: (bytes) => bytes.length });
  }

  /** Ends every stream; a server can only shut down after that. */
  close(): void {
    this.#closed = true;
    this.#sleep();
    for (const { controller } of this.#readers) controller.close();
    this.#readers.clear();
  }

  committed(changes: readonly Change[], finished: readonly string[]): void {
    if (this.#stopTurning === null) return;
    for (const change of changes) {
      if (change.kind === "batch_accepted") {
        this.#batches.push({ batch: change.batch, event: "accepted" });
      }
      if (change.kind !== "task") continue;
      if (this.#transitions.length >= CHANGES_MAX) {
        this.#omitted++;
        continue;
      }
      const { task_id, status, batch, worker, attempt } = change.task;
      this.#transitions.push({ task_id, from: change.from, status, batch, worker, attempt });
    }
    for (const batch of finished) this.#batches.push({ batch, event: "finished" });
  }

  noticed(notice: Notice): void {
    if (this.#stopTurning === null) return;
    if (notice.kind === "worker_connected" || notice.kind === "worker_lost") this.#look();
  }

  // --- turning -----------------------------------------------------------------------------------

  #wake(): void {
    this.#turnsAlone = 0;
    this.#stopTurning ??= this.#every(GATHER_MS, () => this.#turn());
  }

  #sleep(): void {
    this.#stopTurning?.();
    this.#stopTurning = null;
    // What happens from now on is not recorded: no id given out so far may be gone on from.
    this.#replay.clear(++this.#lastId);
    this.#transitions = [];
    this.#batches = [];
    this.#omitted = 0;
    this.#stats = null;
    this.#statsText = "";
    this.#workers.clear();
  }

  #turn(): void {
    this.#turns++;
    this.#turnsAlone = this.#readers.size > 0 ? 0 : this.#turnsAlone + 1;
    if (this.#turnsAlone > LINGER_TURNS) return this.#sleep();
    this.#flush();
    if (this.#readers.size === 0) return;
    if (this.#turns % HEARTBEAT_TURNS === 0) this.#sendAll(encoder.encode(": heartbeat\n\n"));
    if (this.#turns % STATS_TURNS === 0) this.#look(this.#turns % WORKERS_TURNS === 0);
  }

  #flush(): void {
    if (this.#transitions.length > 0) {
      const changes = this.#transitions;
      const omitted = this.#omitted;
      this.#transitions = [];
      this.#omitted = 0;
      this.#publish("tasks", { changes, omitted });
    }
    if (this.#batches.length > 0) {
      const changes = this.#batches;
      this.#batches = [];
      this.#publish("batches", { changes });
    }
  }

  /** Looks at the snapshots, and publishes what is new in them. Never two looks at a time. */
  #look(workers = true): void {
    this.#looking ??= this.#lookOnce(workers)
      .catch((error) => log.debug("Cannot take a snapshot", { error: String(error) }))
      .finally(() => this.#looking = null);
  }

  async #lookOnce(workers: boolean): Promise<void> {
    const sources = this.#sources;
    if (sources === null) return;
    const stats = await sources.stats();
    const text = withoutClock(stats);
    if (this.#stopTurning === null) return;
    this.#stats = stats;
    if (text !== this.#statsText) {
      this.#statsText = text;
      this.#publish("stats", stats, { keep: false });
    }
    if (workers) this.#publishWorkers(await sources.workers());
  }

  #publishWorkers(list: readonly { readonly id: string }[]): void {
    if (this.#stopTurning === null) return;
    const before = this.#workers;
    this.#workers = new Map(list.map((worker) => [worker.id, JSON.stringify(worker)]));
    const changed = list.filter(({ id }) => before.get(id) !== this.#workers.get(id));
    const removed = [...before.keys()].filter((id) => !this.#workers.has(id));
    if (changed.length + removed.length > 0) this.#publish("workers", { changed, removed });
  }

  // --- sending -----------------------------------------------------------------------------------

  #publish(topic: Topic, data: unknown, { keep = true } = {}): void {
    const id = ++this.#lastId;
    const bytes = encoded(topic, data, id);
    if (keep) this.#replay.add({ id, topic, bytes });
    for (const reader of this.#readers) if (reader.topics.has(topic)) this.#send(reader, bytes);
  }

  #sendAll(bytes: Uint8Array<ArrayBuffer>): void {
    for (const reader of this.#readers) this.#send(reader, bytes);
  }

  #send(reader: Reader, bytes: Uint8Array<ArrayBuffer>): void {
    const { controller } = reader;
    if ((controller.desiredSize ?? 0) >= bytes.length) return controller.enqueue(bytes);
    this.#dropped++;
    this.#readers.delete(reader);
    // Throws away what waits for it: a reader that sleeps must not hold the memory.
    controller.error(new Error("The reader did not keep up with the events and was dropped"));
  }

  /** The first bytes of a stream, at once: nothing is waited for. */
  #greet(reader: Reader, lastId: number | null): void {
    const { controller, topics } = reader;
    const known = lastId === null || lastId > this.#lastId ? null : this.#replay.after(lastId);
    const resumed = known !== null;
    const greeting = { resumed, topics: [...topics] };
    controller.enqueue(encoder.encode("retry: 2000\n"));
    // Without an id before a replay: a second break must not skip the rest of it.
    controller.enqueue(encoded("hello", greeting, resumed ? null : this.#lastId));
    if (lastId !== null && known === null) controller.enqueue(encoded("reset", {}, this.#lastId));
    for (const { topic, bytes } of known ?? []) if (topics.has(topic)) controller.enqueue(bytes);
    if (topics.has("stats") && this.#stats !== null) {
      controller.enqueue(encoded("stats", this.#stats, null));
    }
    if (topics.has("workers") && known === null && this.#workers.size > 0) {
      const changed = [...this.#workers.values()].map((text) => JSON.parse(text));
      controller.enqueue(encoded("workers", { changed, removed: [] }, null));
    }
    if (this.#stats === null) queueMicrotask(() => this.#look());
  }
}

function encoded(event: string, data: unknown, id: number | null): Uint8Array<ArrayBuffer> {
  const head = id === null ? "" : `id: ${id}\n`;
  return encoder.encode(`${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** What tells two snapshots apart: a clock that goes on is no news. */
function withoutClock(stats: Readonly<Record<string, unknown>>): string {
  const { timestamp: _timestamp, uptime: _uptime, ...rest } = stats;
  return JSON.stringify(rest);
}
