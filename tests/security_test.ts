/**
 * Nobody gets in: a real farm with tokens, asked by strangers, viewers, browsers and foreign pages.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { walk } from "@std/fs/walk";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FarmClient } from "../tools/farm_client.ts";
import { bundle } from "../tools/compile/bundle.ts";
import { startOrchestrator, startWorker } from "../tools/local_farm.ts";
import { freePort } from "../tools/ports.ts";
import type { Program } from "../tools/program.ts";
import { runTool } from "../tools/testing/run_tool.ts";
import { createApp } from "../worker/app.ts";
import { WorkerService } from "../worker/service.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const VIEWER = "the-token-of-somebody-who-only-looks";
const PATIENCE_MS = 60_000;

/** A farm whose programs all know the same token file. */
class ClosedFarm implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync({ prefix: "closed_farm_" });
  readonly lines: string[] = [];
  orchestrator!: Program;
  worker!: Program;
  token = "";

  static async start(): Promise<ClosedFarm> {
    const farm = new ClosedFarm();
    const { folder } = farm;
    const port = freePort(0);
    const workers = [{ id: "worker-01", ip: "127.0.0.1", port }];
    await Deno.writeTextFile(join(folder, "config_workers.json"), JSON.stringify({ workers }));
    const options = {
      folder,
      env: { FARM_VIEWER_TOKEN: VIEWER, LOG_LEVEL: "DEBUG" },
      flags: ["--token-file", "farm.token"],
      onLine: (_: string, line: string) => void farm.lines.push(line),
    };
    // One after the other, so that it is the orchestrator that makes the token.
    farm.orchestrator = await startOrchestrator({ ...options, port: 0 });
    farm.worker = await startWorker({ id: "worker-01", port, capacity: 1 }, options);
    farm.token = (await Deno.readTextFile(join(folder, "farm.token"))).trim();
    return farm;
  }

  get client(): FarmClient {
    return new FarmClient(this.orchestrator.url, this.token);
  }

  ask(path: string, headers: HeadersInit = {}, method = "GET"): Promise<Response> {
    return fetch(this.orchestrator.url + path, { method, headers, redirect: "manual" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.orchestrator?.kill(), this.worker?.kill()]);
    await Deno.remove(this.folder, { recursive: true });
  }
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** Status and code of an answer, which is not read to its end: it may be a stream. */
async function verdict(response: Response): Promise<string> {
  const isProblem = response.headers.get("content-type") === "application/problem+json";
  if (isProblem) return `${response.status} ${(await response.json()).code}`;
  await response.body?.cancel();
  return String(response.status);
}

/** `GET /tasks/:id` → method and a path one can ask. */
function concrete(call: string): { method: string; path: string } {
  const [method = "", pattern = ""] = call.split(" ");
  return { method, path: pattern.replace(/:\w+(\{[^}]*\})?/g, "some-id").replace("*", "x") };
}

/** The routes as the worker itself knows them. */
function workerCalls(): string[] {
  const service = new WorkerService({
    workerId: "w",
    capacity: 1,
    historySize: 1,
    monitoring: false,
  });
  return createApp(service).routes.filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => `${method} ${path}`);
}

/** Calls that strangers may make, and what they get. */
const OPEN: Readonly<Record<string, string>> = {
  "GET /health": "200",
  "GET /login": "200",
  "POST /login": "401",
  "POST /logout": "303",
};

async function checkCalls(url: string, calls: readonly string[], token: string): Promise<void> {
  for (const call of calls) {
    const { method, path } = concrete(call);
    const ask = (headers: HeadersInit) =>
      fetch(url + path, { method, headers, redirect: "manual" }).then(async (response) => {
        assert(response.headers.has("content-security-policy"), call);
        return await verdict(response);
      });
    assertEquals(await ask({}), OPEN[call] ?? "401 token_required", call);
    if (call in OPEN && call !== "GET /health") continue;
    assertEquals(await ask(bearer("a-wrong-token-of-some-length")), "401 wrong_token", call);
    assertEquals(await ask(bearer(`${token}x`)), "401 wrong_token", call);
    const viewer = await ask(bearer(VIEWER));
    if (method === "GET") assert(!/^(401|403|303)/.test(viewer), `${call}: ${viewer}`);
    else assertEquals(viewer, "403 viewer_only_reads", call);
  }
}

/** Runs a task to its end, so that logs, results and state have something in them. */
async function runOneTask(farm: ClosedFarm): Promise<void> {
  const task = {
    task_id: "t",
    algorithm: "python",
    parameters: { num_particles: 3, num_steps: 2 },
  };
  await Deno.writeTextFile(join(farm.folder, "one.json"), JSON.stringify({ tasks: [task] }));
  const args = ["one.json", "--wait", "--orchestrator", farm.orchestrator.url];
  const without = await runTool("submit", args, farm.folder);
  assertEquals(without.code, 1);
  assertStringIncludes(without.stderr, "A token is needed");
  const submitted = await runTool("submit", [...args, "--token-file", "farm.token"], farm.folder);
  assertEquals([submitted.code, submitted.stderr.includes(farm.token)], [0, false]);
}

async function signIn(farm: ClosedFarm): Promise<string> {
  const response = await fetch(`${farm.orchestrator.url}/login`, {
    method: "POST",
    body: new URLSearchParams({ token: farm.token, next: "/stats" }),
    headers: { origin: farm.orchestrator.url },
    redirect: "manual",
  });
  await response.body?.cancel();
  assertEquals([response.status, response.headers.get("location")], [303, "/stats"]);
  const cookie = response.headers.get("set-cookie")!;
  assertMatch(cookie, /; HttpOnly; SameSite=Strict$/);
  return cookie.split(";")[0]!;
}

/** An answer to raw bytes; empty when the server hangs up. */
async function raw(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const writing = new Blob([text]).stream().pipeTo(
    new WritableStream({
      write: async (bytes) => {
        for (let rest = bytes; rest.length > 0;) {
          rest = rest.subarray(await connection.write(rest));
        }
      },
    }),
  ).catch(() => {});
  const buffer = new Uint8Array(4096);
  const count = await connection.read(buffer).catch(() => null);
  await writing;
  return new TextDecoder().decode(buffer.subarray(0, count ?? 0));
}

Deno.test("a farm with tokens lets nobody in, and its people do their work", async (t) => {
  await using farm = await ClosedFarm.start();
  const { url } = farm.orchestrator;

  await t.step("a task runs: every program shows the token", () => runOneTask(farm));

  await t.step("every call of the orchestrator needs it", async () => {
    const { calls } = await farm.client.get<{ calls: string[] }>("/");
    assert(calls.length > 15);
    await checkCalls(url, calls, farm.token);
    for (const path of ["/nothing", "/TASKS", "//stats", "/tasks/..%2fstats", "/%2e%2e/stats"]) {
      assertEquals(await verdict(await farm.ask(path)), "401 token_required", path);
    }
  });

  await t.step("every call of a worker needs it, for reading too", async () => {
    const calls = workerCalls();
    assert(calls.includes("GET /metrics") && calls.includes("POST /dispatch"));
    await checkCalls(farm.worker.url, calls, farm.token);
  });

  await t.step("health is a bare word for strangers", async () => {
    for (const server of [url, farm.worker.url]) {
      const bare = await (await fetch(`${server}/health`)).json();
      assertEquals(bare, { status: "healthy" });
      const full = await (await fetch(`${server}/health`, { headers: bearer(VIEWER) })).json();
      assert(Object.keys(full).length > 3);
    }
  });

  await t.step("people sign in, act from our pages only, and sign out", async () => {
    const page = await farm.ask("/stats?a=b", { accept: "text/html" });
    assertEquals(page.headers.get("location"), "/login?next=%2Fstats%3Fa%3Db");
    await page.body?.cancel();
    const cookie = await signIn(farm);
    const overview = await farm.ask("/", { cookie, accept: "text/html" });
    assertStringIncludes(await overview.text(), 'action="/logout"');
    assertEquals(await verdict(await farm.ask("/stats", { cookie })), "200");
    const cancel = (headers: Record<string, string>) =>
      farm.ask("/tasks/none", { cookie, ...headers }, "DELETE").then(verdict);
    assertEquals(await cancel({ origin: url }), "404 task_not_found");
    assertEquals(await cancel({ "sec-fetch-site": "same-origin" }), "404 task_not_found");
    for (
      const headers of [
        {},
        { origin: "http://evil.example" },
        { origin: "null" },
        { "sec-fetch-site": "cross-site" },
      ]
    ) assertEquals(await cancel(headers as Record<string, string>), "403 foreign_origin");
    assertEquals(await verdict(await farm.ask("/logout", { cookie, origin: url }, "POST")), "303");
    assertEquals(await verdict(await farm.ask("/stats", { cookie })), "401 token_required");
  });

  await t.step("a viewer's browser looks and does nothing", async () => {
    const body = new URLSearchParams({ token: VIEWER });
    const response = await fetch(`${url}/login`, { method: "POST", body, redirect: "manual" });
    await response.body?.cancel();
    const cookie = response.headers.get("set-cookie")!.split(";")[0]!;
    assertEquals(await verdict(await farm.ask("/tasks", { cookie })), "200");
    const post = await farm.ask("/tasks", { cookie, origin: url }, "POST");
    assertEquals(await verdict(post), "403 viewer_only_reads");
  });

  await t.step("huge and broken headers are refused, and the farm goes on", async () => {
    const lines = (header: string) => `GET /stats HTTP/1.1\r\nHost: localhost\r\n${header}\r\n\r\n`;
    const refused = /^(HTTP\/1\.1 (400|401|431) |$)/;
    for (
      const header of [
        `Authorization: Bearer ${"x".repeat(1_000_000)}`,
        `Authorization: Bearer ${"x".repeat(10_000)}`,
        `Cookie: ${"farm_session_0=x; ".repeat(300)}`,
        `Authorization: Bearer ${farm.token}\0`,
        `Authorization: Bearer a\r\n Bearer ${farm.token}`,
        `X: y\r\nAuthorization : Bearer ${farm.token}`,
      ]
    ) assertMatch(await raw(url, lines(header)), refused, header.slice(0, 40));
    assertEquals(await verdict(await farm.ask("/stats", bearer(VIEWER))), "200");
  });

  await t.step("no answer, log, result, state or line on a terminal holds a secret", async () => {
    const { calls } = await farm.client.get<{ calls: string[] }>("/");
    const secrets = [farm.token, VIEWER];
    const hides = (what: string, text: string) => {
      for (const secret of secrets) assert(!text.includes(secret), what);
      assert(!/^\s+at .*\.ts:\d+/m.test(text), `${what} shows a stack`);
    };
    for (
      const call of calls.filter((call) => call.startsWith("GET ") && !call.includes("events"))
    ) {
      const { path } = concrete(call);
      const response = await farm.ask(path, bearer(farm.token));
      hides(call, JSON.stringify([...response.headers]) + await response.text());
    }
    for (const path of ["/metrics", "/status", "/history", "/health", "/nothing"]) {
      const response = await fetch(farm.worker.url + path, { headers: bearer(farm.token) });
      hides(path, await response.text());
    }
    await farm.worker.stop();
    await farm.orchestrator.stop();
    let files = 0;
    for await (const { path, name } of walk(farm.folder, { includeDirs: false })) {
      if (name === "farm.token") continue;
      files++;
      hides(path, new TextDecoder("latin1").decode(await Deno.readFile(path)));
    }
    assert(files >= 5, `only ${files} files`);
    hides("the terminal", farm.lines.join("\n"));
    if (Deno.build.os === "windows") return;
    assertEquals((await Deno.stat(join(farm.folder, "farm.token"))).mode! & 0o777, 0o600);
  });
});

Deno.test("a wrong token keeps the orchestrator away from its worker, and it says so", async () => {
  const folder = await Deno.makeTempDir();
  const port = freePort(0);
  const workers = [{ id: "worker-01", ip: "127.0.0.1", port }];
  await Deno.writeTextFile(join(folder, "config_workers.json"), JSON.stringify({ workers }));
  const env = { FARM_TOKEN: "the-token-of-the-orchestrator", FARM_VIEWER_TOKEN: VIEWER };
  const programs = await Promise.all([
    startOrchestrator({ folder, env, port: 0 }),
    startWorker({ id: "worker-01", port }, { folder, env: { FARM_TOKEN: "of-the-worker-alone" } }),
  ]);
  try {
    const client = new FarmClient(programs[0].url, VIEWER);
    const endMs = performance.now() + PATIENCE_MS;
    for (let problem = ""; !problem.includes("does not take the token");) {
      assert(performance.now() < endMs, problem);
      await new Promise((resolve) => setTimeout(resolve, 50));
      problem = (await client.get<{ problem: string | null }[]>("/workers"))[0]?.problem ?? "";
    }
  } finally {
    await Promise.all(programs.map((program) => program.kill()));
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("beyond this machine a program without token stops with 2 and names both ways", async () => {
  const folder = await Deno.makeTempDir();
  const started = { folder, flags: ["--host", "0.0.0.0"], env: { FARM_LANGUAGE: "en" } };
  const ends = await Promise.allSettled([
    startOrchestrator({ ...started, port: 0 }),
    startWorker({ id: "worker-01", port: 0 }, started),
  ]);
  for (const end of ends) {
    assert(end.status === "rejected", "it started");
    assertMatch(end.reason.message, /exit code 2: .*--token-file FILE.*--insecure/s);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a local farm answers its own names, and no page that was led to it", async () => {
  const folder = await Deno.makeTempDir();
  const program = await startOrchestrator({ folder, port: 0 });
  try {
    const { port } = new URL(program.url);
    const ask = (host: string, more = "") =>
      raw(program.url, `GET /stats HTTP/1.1\r\nHost: ${host}\r\n${more}Connection: close\r\n\r\n`);
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, "localhost"]) {
      assertMatch(await ask(host), /^HTTP\/1\.1 200 /, host);
    }
    for (const host of [`evil.example:${port}`, "evil.example", "169.254.169.254"]) {
      assertMatch(await ask(host), /^HTTP\/1\.1 421 /, host);
    }
    const foreign = { origin: "http://evil.example", "content-type": "text/plain" };
    const init = { method: "POST", headers: foreign, body: '{"tasks": []}' };
    assertEquals(await verdict(await fetch(`${program.url}/tasks`, init)), "403 foreign_origin");
    const names = [...Deno.readDirSync(join(folder, "task_queues"))].map(({ name }) => name);
    assertEquals(names.filter((name) => name.endsWith(".json")), []);
  } finally {
    await program.kill();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a bundle for compiled programs takes nothing from the environment", async () => {
  const secret = "a-token-in-the-environment-of-the-build";
  Deno.env.set("FARM_TOKEN", secret);
  try {
    const text = await bundle("platform/tokens.ts", ROOT).catch(() => null);
    // Where the bundler cannot be had there is no compiled program either.
    if (text !== null) assert(text.includes("FARM_TOKEN") && !text.includes(secret));
  } finally {
    Deno.env.delete("FARM_TOKEN");
  }
});

Deno.test("secrets are compared in constant time, in one place", async () => {
  const text = await Deno.readTextFile(join(ROOT, "platform", "tokens.ts"));
  assert(text.includes('import { timingSafeEqual } from "node:crypto"'));
  const compares = /(===|!==|==|!=)\s*(tokens?\.(operator|viewer)|signature|expected)\b/;
  for (const file of ["tokens", "sessions", "guard", "access"]) {
    const source = await Deno.readTextFile(join(ROOT, "platform", `${file}.ts`));
    const found = source.split("\n").filter((line) => compares.test(line) && !/null/.test(line));
    assertEquals(found, [], file);
  }
});
