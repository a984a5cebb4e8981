/**
 * The body of a thread: offers a {@linkcode ThreadApi} through comlink for a given table of
 * algorithms.
 *
 * @module
 */
import * as Comlink from "comlink";
import { residentBytes } from "../platform/process_usage.ts";
import type { Algorithm } from "../simulation/algorithm.ts";
import { ChunkRunner } from "./chunk_runner.ts";
import { ControlBlock } from "./control.ts";
import type { ThreadApi, ThreadNews } from "./thread_api.ts";

/** What a thread runs. */
export interface ThreadProgram {
  readonly find: (name: string) => Algorithm | undefined;
  /** Compiles what the first task would otherwise wait for. */
  readonly warmUp: () => void;
  /** Told where it stands how many threads a large task may use. */
  readonly grantThreads?: (cells: Int32Array) => void;
}

/** Turns the present Web Worker into a thread of the pool. */
export function exposeThread(program: ThreadProgram): void {
  forbidSilentEnd();
  const scope = globalThis as unknown as {
    postMessage(message: ThreadNews, transfer: ArrayBuffer[]): void;
  };
  let runner: ChunkRunner | undefined;
  const api: ThreadApi = {
    warmUp(memory, grant) {
      program.grantThreads?.(new Int32Array(grant));
      program.warmUp();
      runner = new ChunkRunner({
        find: program.find,
        control: new ControlBlock(memory),
        send: (news) =>
          scope.postMessage(news, "trajectory" in news ? [news.trajectory.buffer] : []),
        memoryBytes: () => residentBytes() ?? 0,
      });
    },
    runChunk(tasks) {
      if (runner === undefined) throw new TypeError("A thread must be warmed up before it runs");
      return runner.run(tasks);
    },
  };
  Comlink.expose(api);
}

/** A thread that ends itself says nothing to anybody: its task would run for ever. */
function forbidSilentEnd(): void {
  const forbid = (): never => {
    throw new Error("A simulation must not end its thread");
  };
  Object.defineProperty(globalThis, "close", { value: forbid });
  Object.defineProperty(Deno, "exit", { value: forbid });
}
