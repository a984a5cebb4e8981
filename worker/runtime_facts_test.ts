import { assert, assertEquals } from "@std/assert";
import * as Comlink from "comlink";
import type { FactsApi } from "./testing/facts_thread.ts";

// What thread_handle.ts is built on. When a new runtime changes one of these, it can be simpler.

async function withThread(
  test: (thread: Comlink.Remote<FactsApi>, worker: Worker) => Promise<void>,
): Promise<void> {
  const url = new URL("./testing/facts_thread.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  try {
    const thread = Comlink.wrap<FactsApi>(worker);
    assertEquals(await thread.echo(1), 1);
    await test(thread, worker);
  } finally {
    worker.terminate();
  }
}

async function settlesWithin(call: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const settled = call.then(() => true, () => true);
  const result = await Promise.race([settled, late]);
  clearTimeout(timer);
  return result;
}

Deno.test("an error thrown across comlink loses its class", () =>
  withThread(async (thread) => {
    const error = await thread.fail().then(() => undefined, (reason: unknown) => reason);
    assert(error instanceof Error);
    assertEquals(error.name, "RangeError");
    assertEquals(error instanceof RangeError, false);
  }));

Deno.test("a throw outside the call is survived by preventDefault(), and the call hangs", () =>
  withThread(async (thread, worker) => {
    const event = new Promise<ErrorEvent>((resolve) => {
      worker.addEventListener("error", (event) => {
        event.preventDefault();
        resolve(event);
      });
    });
    const call = thread.throwLater();
    assert((await event).message.includes("thrown by a timer"));
    assertEquals(await settlesWithin(call, 100), false);
  }));

Deno.test("a thread that closes itself says nothing, and the call hangs", () =>
  withThread(async (thread, worker) => {
    const events: string[] = [];
    for (const type of ["error", "messageerror", "close"]) {
      worker.addEventListener(type, () => events.push(type));
    }
    assertEquals(await settlesWithin(thread.close(), 200), false);
    assertEquals(events, []);
  }));

Deno.test("terminate() does not stop a busy thread", () =>
  withThread(async (thread, worker) => {
    const memory = new SharedArrayBuffer(8);
    const cells = new Int32Array(memory);
    thread.beBusy(300, memory).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 100));
    worker.terminate();
    const { value } = Atomics.waitAsync(cells, 0, 0, 5000);
    assertEquals(await value, "ok", "the thread went on to the end of its work");
  }));
