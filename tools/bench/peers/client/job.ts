/**
 * The job that every peer runs, and what an adapter for a peer has to offer. Run by Node beside the
 * peers' packages, so it imports nothing of the farm.
 *
 * @module
 */

/** A task of about 165 bytes of JSON, as long as the empty tasks that the farm gets. */
export interface Job {
  readonly task_id: string;
  readonly algorithm: string;
  readonly parameters: {
    readonly num_particles: number;
    readonly num_steps: number;
    readonly seed: number;
  };
  readonly priority: string;
  readonly description: string;
}

export interface JobResult {
  readonly status: "completed";
  readonly output: string;
  readonly seed: number;
}

export interface StoredResult {
  readonly task_id: string;
  readonly result: JobResult;
}

/** What the driver of a round needs: adding jobs, and finding their results. */
export interface Queue {
  add(jobs: readonly Job[]): Promise<void>;
  /** Results whose task id starts with `prefix`, as the queue has stored them. */
  results(prefix: string): Promise<StoredResult[]>;
  /** Stored results so far. Only where the worker cannot tell when a result is stored. */
  storedCount?(): Promise<number>;
  close(): Promise<void>;
}

/** What a worker reports of each job. */
export interface Watcher {
  /** The handler has been called. */
  started(job: Job): void;
  /** The result is stored; for a queue with `storedCount`: the handler has returned. */
  done(): void;
}

export interface Adapter {
  /** An empty queue: what was in it is deleted. */
  openQueue(url: string): Promise<Queue>;
  /** Works on the queue until the process ends. Resolves when jobs are taken. */
  startWorker(options: WorkerOptions): Promise<void>;
}

export interface WorkerOptions {
  readonly url: string;
  /** Jobs at a time. */
  readonly concurrency: number;
  readonly watcher: Watcher;
}

export function makeJob(prefix: string, at: number): Job {
  return {
    task_id: `${prefix}_${String(at).padStart(7, "0")}`,
    algorithm: "cython",
    parameters: { num_particles: 1, num_steps: 0, seed: at },
    priority: "medium",
    description: `Empty task ${at} of a benchmark`,
  };
}

/** What the handler of every peer returns or stores. */
export function resultOf(job: Job): JobResult {
  return { status: "completed", output: "Done", seed: job.parameters.seed };
}

/**
 * A package that is installed beside this file in the folder where Node runs it. The name is no
 * literal, so that nothing looks for the package where the farm is checked.
 */
export async function load<Module>(name: string): Promise<Module> {
  return await import(name);
}
