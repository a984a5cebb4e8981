/**
 * F19: too many connections, too slow and too fast ones. Tasks go on, others are still answered.
 *
 * @module
 */
import { assert } from "@std/assert";
import { type Farm, tinies, withFarm } from "./farm.ts";
import { assertIntact } from "./ledger.ts";
import { faultTest, quantile, record, sized, sleep } from "./level.ts";
import { SimulatedWorker } from "../../tools/testing/simulated_worker.ts";

async function whileLoaded(
  what: string,
  load: (farm: Farm, ended: { yes: boolean }) => Promise<string>,
): Promise<void> {
  const count = sized({ quick: 300, long: 3000 });
  const worker = new SimulatedWorker("worker-01", { capacity: 8, workMs: 5 });
  try {
    await withFarm({ places: [worker] }, async (farm) => {
      const ended = { yes: false };
      const loading = load(farm, ended);
      const times: number[] = [];
      try {
        await farm.drop("load.json", tinies("t", count));
        const asking = async () => {
          while (!ended.yes) {
            const startMs = performance.now();
            const answer = await fetch(`${farm.client.url}/stats`);
            await answer.body?.cancel();
            assert(answer.ok, `GET /stats: ${answer.status}`);
            times.push(performance.now() - startMs);
            await sleep(20);
          }
        };
        const asked = asking();
        await farm.untilCount(count, "completed");
        await sleep(sized({ quick: 500, long: 3000 }));
        ended.yes = true;
        await asked;
      } finally {
        ended.yes = true;
      }
      const note = await loading;
      assertIntact(await farm.ledger.audit(farm), { accepted: count, completed: count });
      const p99 = Math.round(quantile(times, 0.99));
      record({
        fault: "F19",
        what,
        lost: 0,
        double: 0,
        note: `${note}; other clients p50 ${Math.round(quantile(times, 0.5))} ms, p99 ${p99} ms`,
      });
    });
  } finally {
    await worker.close();
  }
}

/** Connections that send the beginning of a request and then a byte now and then. */
async function dripping(port: number, count: number, ended: { yes: boolean }, bytes: Uint8Array) {
  const open: Deno.TcpConn[] = [];
  for (let at = 0; at < count; at++) {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port }).catch(() => null);
    if (connection === null) continue;
    open.push(connection);
    if (bytes.length > 0) await connection.write(bytes).catch(() => {});
  }
  while (!ended.yes) {
    for (const connection of open) {
      if (bytes.length > 0) await connection.write(new Uint8Array([0x61])).catch(() => {});
    }
    await sleep(500);
  }
  for (const connection of open) {
    try {
      connection.close();
    } catch {
      // It was closed from the other side.
    }
  }
  return `${open.length} connections`;
}

const HEADERS = "POST /tasks HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n";

faultTest("F19 a thousand connections that drip headers, bodies or nothing", {}, async () => {
  const count = sized({ quick: 300, long: 1000 });
  const encoder = new TextEncoder();
  const kinds: Record<string, string> = {
    "headers that never end": `${HEADERS}X-Slow: `,
    ...sized<Record<string, string>>({
      quick: {},
      long: { "bodies that never end": `${HEADERS}\r\n`, "no byte at all": "" },
    }),
  };
  for (const [kind, text] of Object.entries(kinds)) {
    await whileLoaded(
      `${count} connections with ${kind}`,
      (farm, ended) => dripping(farm.port, count, ended, encoder.encode(text)),
    );
  }
});

faultTest("F19 a flood on /health", {}, async () => {
  await whileLoaded("flood of GET /health from 64 connections", async (farm, ended) => {
    const url = `${farm.client.url}/health`;
    return `${await floodOf(url, ended)} requests/s, all this machine gave beside the farm`;
  });
});

/** Requests a second that were answered: by wrk where it is, else by as many fetches as we can. */
async function floodOf(url: string, ended: { yes: boolean }): Promise<number> {
  const seconds = sized({ quick: "2s", long: "10s" });
  const wrk = await new Deno.Command("wrk", { args: ["-t1", "-c64", "-d", seconds, url] }).output()
    .catch(() => null);
  if (wrk?.success) {
    const text = new TextDecoder().decode(wrk.stdout);
    assert(!text.includes("Non-2xx"), text);
    return Math.round(Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1]));
  }
  let answers = 0;
  const startMs = performance.now();
  await Promise.all(Array.from({ length: 64 }, async () => {
    while (!ended.yes) {
      const answer = await fetch(url);
      await answer.body?.cancel();
      answers++;
    }
  }));
  return Math.round(answers / (performance.now() - startMs) * 1000);
}
