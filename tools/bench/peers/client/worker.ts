/**
 * One worker process of a peer, forked by the driver of the round.
 *
 * @module
 */
import process from "node:process";
import { ADAPTERS, type FromWorker, nowUs, readOrder, type ToWorker } from "./adapters.ts";

const seen = new Set<string>();
let expected = 0;
let started = 0;
let repeated = 0;
let done = 0;

function send(message: FromWorker): void {
  process.send?.(message);
}

process.on("message", (message: ToWorker) => {
  if ("tell" in message) return send({ type: "counts", started, repeated });
  seen.clear();
  [expected, started, repeated, done] = [message.expect, 0, 0, 0];
});
process.on("disconnect", () => process.exit(0));

const { adapter, url, concurrency } = readOrder();
await ADAPTERS[adapter].startWorker({
  url,
  concurrency,
  watcher: {
    started(job) {
      started++;
      if (seen.has(job.task_id)) repeated++;
      seen.add(job.task_id);
    },
    done() {
      done++;
      if (done === expected) send({ type: "reached", atUs: nowUs() });
    },
  },
});
send({ type: "ready" });
