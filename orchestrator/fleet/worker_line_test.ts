import { assertEquals, assertThrows } from "@std/assert";
import { join } from "node:path";
import { UsageError } from "../../platform/arguments.ts";
import { Settings } from "../../platform/settings.ts";
import { openWorkerLine, WorkerLine } from "./worker_line.ts";

const TOKENS = { operator: "an-operators-token-of-some-length", viewer: null };
const OWN = "a-token-of-the-workers-alone";

/** What a worker sees of a line's request: its Authorization. */
async function shown(line: WorkerLine): Promise<string | null> {
  let seen: string | null = null;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    seen = request.headers.get("authorization");
    return new Response();
  });
  const response = await line.fetch(`http://127.0.0.1:${server.addr.port}/health`, {
    headers: { accept: "application/json" },
  });
  await response.body?.cancel();
  await server.shutdown();
  return seen;
}

Deno.test("openWorkerLine() shows the orchestrator's token, or the workers' own", async () => {
  const line = (environment: Record<string, string>, tokens: typeof TOKENS | null) =>
    openWorkerLine({}, { settings: new Settings(environment), tokens });
  assertEquals(await shown(line({}, null)), null);
  assertEquals(await shown(line({}, TOKENS)), `Bearer ${TOKENS.operator}`);
  assertEquals(await shown(line({ FARM_WORKER_TOKEN: OWN }, TOKENS)), `Bearer ${OWN}`);
  assertThrows(() => line({ FARM_WORKER_TOKEN: "short" }, TOKENS), UsageError, "at least");
});

Deno.test("openWorkerLine() needs a certificate in the file of --worker-ca", async () => {
  const folder = await Deno.makeTempDir();
  const file = join(folder, "ca.pem");
  const open = () =>
    openWorkerLine({ "worker-ca": file }, { settings: new Settings({}), tokens: null });
  assertThrows(open, UsageError, "Cannot read");
  await Deno.writeTextFile(file, "no certificate");
  assertThrows(open, UsageError, "holds no certificate");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("WorkerLine follows no redirect", async () => {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    return new Response(null, { status: 307, headers: { location: "http://192.0.2.1/" } });
  });
  const line = new WorkerLine({ token: OWN });
  const url = `http://127.0.0.1:${server.addr.port}/dispatch`;
  assertEquals((await line.fetch(url, { method: "POST" })).status, 307);
  line.close();
  await server.shutdown();
});
