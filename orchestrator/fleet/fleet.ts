/**
 * The workers of the configuration as a whole: one client each, kept in step with the file. The
 * scheduler's hands.
 *
 * @module
 */
import type { AttemptRef } from "../../contract/wire.ts";
import type { Effect } from "../core/messages.ts";
import type { FleetView, WorkerHealth } from "../farm.ts";
import type { Hands, NewEvent } from "../scheduler.ts";
import { type WorkerAddress, WorkerClient, type WorkerClientOptions } from "./worker_client.ts";
import { WorkerLine } from "./worker_line.ts";

/** A worker as the configuration lists it. */
export interface ListedWorker extends WorkerAddress {
  readonly capacity: number | null;
  readonly algorithms: readonly string[] | null;
  readonly weight: number;
}

export class Fleet implements Hands, FleetView {
  readonly #options: WorkerClientOptions;
  readonly #clients = new Map<string, WorkerClient>();
  readonly #line: WorkerLine;
  /** Ends calls beside the work. */
  readonly #stop = new AbortController();

  constructor(options: WorkerClientOptions) {
    this.#options = options;
    this.#line = options.line ?? new WorkerLine();
  }

  /** Brings the fleet in line with a list: new workers are called, missing ones let go. */
  configure(listed: readonly ListedWorker[]): void {
    const event: NewEvent = {
      kind: "workers_configured",
      workers: listed.map(({ id, ip, port, capacity, algorithms, weight }) => ({
        id,
        capacity,
        algorithms,
        weight,
        address: `${ip}:${port}`,
      })),
    };
    this.#options.submit(event);
    const wanted = new Map(listed.map((worker) => [worker.id, worker]));
    for (const [id, client] of this.#clients) {
      const worker = wanted.get(id);
      if (worker !== undefined && isSameAddress(worker, client.address)) continue;
      this.#clients.delete(id);
      client.stop();
      if (worker !== undefined) {
        // Another machine under the same name: what the old one held is not there.
        this.#options.submit({ kind: "worker_lost", worker: id, reason: "silent" });
      }
    }
    for (const worker of listed) {
      if (this.#clients.has(worker.id)) continue;
      const client = new WorkerClient(worker, this.#options);
      this.#clients.set(worker.id, client);
      client.start();
    }
  }

  workers(): readonly WorkerHealth[] {
    return [...this.#clients.values()].map(({ address, health }) => ({
      ...address,
      ...health.read(),
    }));
  }

  async ask(
    worker: string,
    path: string,
    { query, method = "GET" }: Parameters<FleetView["ask"]>[2],
  ): Promise<Response | null> {
    const client = this.#clients.get(worker);
    if (client === undefined) return null;
    const search = new URLSearchParams({ farm: this.#options.farm, ...query });
    return await this.#line.fetch(`${client.base}${path}?${search}`, {
      method,
      signal: AbortSignal.any([
        this.#stop.signal,
        AbortSignal.timeout(this.#options.httpTimeoutMs),
      ]),
    });
  }

  dispatch({ worker, epoch, tasks }: Extract<Effect, { kind: "dispatch" }>): void {
    this.#clients.get(worker)?.posts.dispatch(epoch, tasks);
  }

  cancel({ worker, attempts, unstarted }: Extract<Effect, { kind: "cancel" }>): void {
    this.#clients.get(worker)?.posts.cancel(attempts, { unstarted });
  }

  acknowledge(worker: string, attempts: readonly AttemptRef[]): void {
    this.#clients.get(worker)?.posts.acknowledge(attempts);
  }

  reconnect(worker: string | null): void {
    for (const [id, client] of this.#clients) {
      if (worker === null || worker === id) client.reconnect();
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all([...this.#clients.values()].map((client) => client.stop()));
  }
}

function isSameAddress(a: WorkerAddress, b: WorkerAddress): boolean {
  return a.ip === b.ip && a.port === b.port && a.region === b.region;
}
