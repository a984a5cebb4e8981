/**
 * Fetches trajectories from the workers that hold them, on connections this side opens, after the
 * results are durable. What cannot be fetched is given up with a line in the log: no task waits for
 * its trajectory, and none is worse off without it.
 *
 * @module
 */
import { z } from "zod";
import { RECORDED_BYTES_MAX } from "../../contract/recording.ts";
import { AttemptRef } from "../../contract/wire.ts";
import { getLogger } from "../../platform/log.ts";
import type { Notice } from "../core/messages.ts";
import type { FleetView } from "../farm.ts";
import type { Listener } from "../scheduler.ts";
import type { Change, Store } from "../store/store.ts";
import type { TrajectoryFiles } from "./trajectory_files.ts";

const log = getLogger("trajectories");

/** Pauses before the looks at a worker that still packs, ms. */
const LOOK_MS = [50, 200, 1000, 3000, 10_000] as const;
/** Longest list of a worker. */
const LISTED_MAX = 10_000;
/** Tasks of one worker whose trajectories are waited for; beyond, the next look finds them anyway. */
const EXPECTED_MAX = 10_000;

const Listed = z.array(AttemptRef).max(LISTED_MAX);

interface Expectation {
  readonly tasks: Set<string>;
  looks: number;
  timer: ReturnType<typeof setTimeout> | undefined;
  looking: Promise<void> | undefined;
}

export interface CollectorOptions {
  readonly fleet: Pick<FleetView, "ask">;
  readonly store: Pick<Store, "task">;
  readonly files: TrajectoryFiles;
}

export class TrajectoryCollector implements Listener {
  readonly #options: CollectorOptions;
  readonly #workers = new Map<string, Expectation>();
  #stopped = false;

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  committed(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.kind !== "task" || change.task.record === undefined) continue;
      const { status, worker, task_id } = change.task;
      if (status === "completed" && worker !== null) this.#expect(worker, task_id);
    }
  }

  /** An earlier life of this orchestrator may have left some there. */
  noticed(notice: Notice): void {
    if (notice.kind === "worker_connected") this.#expect(notice.worker, null);
  }

  /** Begins nothing more; resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { timer } of this.#workers.values()) clearTimeout(timer);
    await Promise.all([...this.#workers.values()].map(({ looking }) => looking));
  }

  #expect(worker: string, taskId: string | null): void {
    let expected = this.#workers.get(worker);
    if (expected === undefined) {
      expected = { tasks: new Set(), looks: 0, timer: undefined, looking: undefined };
      this.#workers.set(worker, expected);
    }
    if (taskId !== null && expected.tasks.size < EXPECTED_MAX) expected.tasks.add(taskId);
    expected.looks = 0;
    this.#lookSoon(worker, expected);
  }

  #lookSoon(worker: string, expected: Expectation): void {
    if (this.#stopped || expected.timer !== undefined || expected.looking !== undefined) return;
    const pauseMs = LOOK_MS[Math.min(expected.looks, LOOK_MS.length - 1)];
    expected.timer = setTimeout(() => {
      expected.timer = undefined;
      expected.looking = this.#look(worker, expected);
    }, pauseMs);
  }

  async #look(worker: string, expected: Expectation): Promise<void> {
    expected.looks++;
    const before = expected.looks;
    try {
      await this.#collect(worker, expected.tasks);
    } catch (error) {
      log.info("Trajectories cannot be fetched now", { worker, error });
    }
    expected.looking = undefined;
    if (expected.tasks.size === 0 && expected.looks === before) {
      this.#workers.delete(worker);
    } else if (expected.looks >= LOOK_MS.length) {
      log.warning("Trajectories did not come", { worker, count: expected.tasks.size });
      this.#workers.delete(worker);
    } else this.#lookSoon(worker, expected);
  }

  async #collect(worker: string, expected: Set<string>): Promise<void> {
    const response = await this.#ask(worker, "/trajectories", {});
    if (response === null) return;
    for (const { task_id, attempt } of Listed.parse(await response.json())) {
      if (this.#stopped) return;
      const task = await this.#options.store.task(task_id);
      // Its outcome may still be on the way: then a later look fetches it.
      if (task === null || task.status !== "completed") continue;
      await this.#fetch(worker, { task_id, attempt }, task.batch);
      expected.delete(task_id);
    }
  }

  async #fetch(worker: string, ref: AttemptRef, batch: string): Promise<void> {
    const { task_id } = ref;
    const query = { task_id, attempt: String(ref.attempt) };
    const response = await this.#ask(worker, "/trajectory", query);
    if (response === null) return;
    const bytes = await readBytes(response, RECORDED_BYTES_MAX * 2);
    if (bytes === null) log.warning("Trajectory is too large and not kept", { worker, task_id });
    else await this.#options.files.save({ batch, task_id }, bytes);
    const forgotten = await this.#options.fleet.ask(worker, "/trajectory", {
      query,
      method: "DELETE",
    });
    await forgotten?.body?.cancel();
  }

  async #ask(
    worker: string,
    path: string,
    query: Record<string, string>,
  ): Promise<Response | null> {
    const response = await this.#options.fleet.ask(worker, path, { query });
    if (response === null || response.ok) return response;
    await response.body?.cancel();
    return null;
  }
}

/** Null when there are more than `bytesMax`. */
async function readBytes(response: Response, bytesMax: number): Promise<Uint8Array | null> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > bytesMax) return null;
    chunks.push(chunk);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
