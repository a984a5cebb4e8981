/**
 * A worker program for the tests: the real one, but for tasks with a certain seed, which take its
 * whole process down, eat its memory or spin for ever.
 *
 * @module
 */
import { createApp } from "../../worker/app.ts";
import { WorkerService } from "../../worker/service.ts";
import { findPoisoned } from "./poison.ts";

const flag = (name: string) => Deno.args[Deno.args.indexOf(name) + 1]!;
const id = flag("--worker-id");
const worker = new WorkerService({
  workerId: id,
  capacity: Number(flag("--capacity")),
  historySize: 10,
  monitoring: false,
  program: {
    names: ["python", "cython"],
    find: findPoisoned,
    threadUrl: new URL("./poison_thread.ts", import.meta.url),
  },
});
const server = Deno.serve(
  { hostname: "127.0.0.1", port: Number(flag("--port")), onListen() {} },
  createApp(worker).fetch,
);
await worker.start();
const line = `Worker ${id} listens on http://127.0.0.1:${server.addr.port} with capacity 1\n`;
Deno.stdout.writeSync(new TextEncoder().encode(line));
