/**
 * The orchestrator's hands in a simulated world: the fleet and its connections, with the very rules
 * of the real client (one stream at a time, the same pauses and tries), on the simulated network.
 *
 * @module
 */
import type { Assignment, AttemptRef, DispatchReply, StreamLine } from "../../contract/wire.ts";
import type { ConfiguredWorker, Effect, Handout } from "../../orchestrator/core/messages.ts";
import { HELLO_MS } from "../../orchestrator/fleet/worker_client.ts";
import {
  ACKNOWLEDGE_RETRY_MS,
  assignmentText,
  DISPATCH_TRIES_MS,
} from "../../orchestrator/fleet/worker_posts.ts";
import { ReconnectPace, type StreamEnd } from "../../orchestrator/fleet/reconnect_pace.ts";
import type { Hands, NewEvent } from "../../orchestrator/scheduler.ts";
import type { Kernel, Process } from "./kernel.ts";
import { type Link, NetworkError, post, Stream } from "./network.ts";
import type { WorkerMachine } from "./worker.ts";

export interface FleetOptions {
  readonly kernel: Kernel;
  readonly process: Process;
  readonly submit: (event: NewEvent) => void;
  readonly machines: ReadonlyMap<string, { readonly machine: WorkerMachine; readonly link: Link }>;
  readonly httpTimeoutMs: number;
  /** For the test of the checks: says that outcomes are durable before they are. */
  readonly acknowledgesEarly: boolean;
}

export class SimFleet implements Hands {
  readonly #options: FleetOptions;
  readonly #clients = new Map<string, SimClient>();

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  configure(workers: readonly ConfiguredWorker[]): void {
    this.#options.submit({ kind: "workers_configured", workers });
    const wanted = new Set(workers.map((worker) => worker.id));
    for (const [id, client] of this.#clients) {
      if (wanted.has(id)) continue;
      this.#clients.delete(id);
      client.stop();
    }
    for (const { id } of workers) {
      if (this.#clients.has(id)) continue;
      const client = new SimClient(id, this.#options);
      this.#clients.set(id, client);
      client.start();
    }
  }

  dispatch({ worker, epoch, tasks }: Extract<Effect, { kind: "dispatch" }>): void {
    void this.#clients.get(worker)?.dispatch(epoch, tasks);
  }

  cancel({ worker, attempts, unstarted }: Extract<Effect, { kind: "cancel" }>): void {
    void this.#clients.get(worker)?.cancel(attempts, unstarted);
  }

  acknowledge(worker: string, attempts: readonly AttemptRef[]): void {
    void this.#clients.get(worker)?.acknowledge(attempts);
  }

  reconnect(worker: string | null): void {
    for (const [id, client] of this.#clients) {
      if (worker === null || worker === id) client.reconnect();
    }
  }

  stop(): void {
    for (const client of this.#clients.values()) client.stop();
  }
}

class SimClient {
  readonly #id: string;
  readonly #options: FleetOptions;
  #isStopped = false;
  #isConnected = false;
  /** Ends the present stream. */
  #abort: () => void = () => {};
  #acknowledgements: AttemptRef[] = [];
  #isAcknowledging = false;

  constructor(id: string, options: FleetOptions) {
    this.#id = id;
    this.#options = options;
  }

  start(): void {
    void this.#keepStream();
  }

  stop(): void {
    this.#isStopped = true;
    this.#abort();
  }

  reconnect(): void {
    this.#abort();
  }

  async dispatch(epoch: string, handouts: readonly Handout[]): Promise<void> {
    const tasks = handouts.map((handout): Assignment => JSON.parse(assignmentText(handout)));
    const worker = this.#id;
    for (const waitMs of DISPATCH_TRIES_MS) {
      if (waitMs > 0) await this.#options.process.sleep(waitMs);
      if (this.#isStopped) return;
      try {
        const reply = await this.#post<DispatchReply | null>((machine) =>
          machine.dispatch(epoch, tasks)
        );
        if (this.#isStopped || reply === null) return;
        this.#options.submit({ kind: "dispatch_answered", worker, ...reply });
        return;
      } catch {
        // The next try, or none is left.
      }
    }
    if (this.#isStopped) return;
    const attempts = tasks.map(({ task_id, attempt }) => ({ task_id, attempt }));
    this.#options.submit({ kind: "dispatch_failed", worker, attempts, message: "No answer" });
  }

  async cancel(attempts: readonly AttemptRef[], unstarted = false): Promise<void> {
    try {
      await this.#post((machine) => machine.cancel(attempts, unstarted));
    } catch {
      // The next heartbeat shows what is still there.
    }
  }

  async acknowledge(attempts: readonly AttemptRef[]): Promise<void> {
    this.#acknowledgements.push(...attempts);
    if (this.#isAcknowledging) return;
    this.#isAcknowledging = true;
    while (this.#acknowledgements.length > 0 && !this.#isStopped) {
      const now = this.#acknowledgements;
      this.#acknowledgements = [];
      try {
        await this.#post((machine) => machine.acknowledge(now));
      } catch {
        if (!this.#isConnected) break;
        this.#acknowledgements.unshift(...now);
        await this.#options.process.sleep(ACKNOWLEDGE_RETRY_MS);
      }
    }
    this.#isAcknowledging = false;
  }

  #post<T>(handle: (machine: WorkerMachine) => T): Promise<T> {
    const { kernel, process, httpTimeoutMs: timeoutMs } = this.#options;
    const { machine, link } = this.#options.machines.get(this.#id)!;
    return post(kernel, { caller: process, link, machine, timeoutMs }, () => handle(machine));
  }

  async #keepStream(): Promise<void> {
    const { kernel, process } = this.#options;
    const pace = new ReconnectPace();
    while (!this.#isStopped) {
      const startMs = kernel.nowMs;
      const end = await this.#readStream();
      if (this.#isStopped) return;
      await process.sleep(pace.after(end, kernel.nowMs - startMs));
    }
  }

  /** Reads one stream to its end. */
  async #readStream(): Promise<StreamEnd> {
    const { process, submit } = this.#options;
    const { promise: ended, resolve: end } = Promise.withResolvers<NetworkError | null>();
    let said = false;
    const stream = this.#open((line) => {
      if (this.#isStopped) return;
      said = true;
      if (line.type === "hello") this.#isConnected = true;
      this.#hear(line);
    }, end);
    process.after(HELLO_MS, () => said ? undefined : end(null));
    this.#abort = () => end(null);
    const error = await ended;
    stream.closeReader();
    const worker = this.#id;
    if (this.#isStopped) return "unsaid";
    if (error?.kind === "refused") submit({ kind: "worker_lost", worker, reason: "died" });
    if (!said) return "unsaid";
    this.#isConnected = false;
    submit({ kind: "worker_disconnected", worker });
    if (error?.kind !== "misspoken") return "said";
    submit({ kind: "worker_lost", worker, reason: "silent" });
    return "misspoken";
  }

  #open(line: (line: StreamLine) => void, end: (error: NetworkError | null) => void): Stream {
    const { kernel, process } = this.#options;
    const { machine, link } = this.#options.machines.get(this.#id)!;
    const stream = new Stream(kernel, {
      link,
      caller: process,
      reader: { line, closed: end },
      onWriterClosed: () => machine.streamClosed(stream),
    });
    link.carry("out", () => {
      if (machine.process === null) {
        link.carry("back", () => process.do(() => end(new NetworkError("refused"))));
      } else machine.process.do(() => machine.openStream(stream));
    });
    return stream;
  }

  #hear(line: StreamLine): void {
    const worker = this.#id;
    const { submit } = this.#options;
    switch (line.type) {
      case "hello":
        return submit({ kind: "worker_connected", worker, hello: line });
      case "heartbeat":
        return submit({ kind: "worker_heartbeat", worker, beat: line });
      case "progress":
        return submit({ kind: "worker_progressed", worker, running: line.running });
      case "outcomes": {
        if (this.#options.acknowledgesEarly) void this.acknowledge(line.outcomes);
        return submit({ kind: "attempts_ended", worker, outcomes: line.outcomes });
      }
    }
  }
}
