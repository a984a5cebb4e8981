import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { CONTRACT_VERSION } from "../contract/wire.ts";
import { nobodysUrl, withOrchestrator } from "./testing/fake_orchestrator.ts";
import { inFolder, runTool, type ToolRun } from "./testing/run_tool.ts";

/** How a scripted worker differs from one that is well. */
interface Traits {
  readonly contract?: number;
  readonly worker_id?: string;
  /** Its clock minus ours, ms. */
  readonly skewMs?: number;
  readonly health?: { readonly status: string; readonly warnings: readonly string[] };
  /** Called with the farm of each stream. */
  readonly onStream?: (farm: string | null) => void;
}

/** A worker that answers /health and says hello on a stream, which then stays open. */
function withWorker(
  id: string,
  traits: Traits,
  test: (url: string) => Promise<void>,
): Promise<void> {
  const hello = (request: Request) => {
    traits.onStream?.(new URL(request.url).searchParams.get("farm"));
    const line = {
      type: "hello",
      contract: traits.contract ?? CONTRACT_VERSION,
      worker_id: traits.worker_id ?? id,
      version: "0.1.0",
      at: Date.now() + (traits.skewMs ?? 0),
    };
    const start = (controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>) =>
      controller.enqueue(new TextEncoder().encode(`${JSON.stringify(line)}\n`));
    return new Response(new ReadableStream({ start }));
  };
  const health = traits.health ?? { status: "healthy", warnings: [] };
  const story = { "/health": [{ version: "0.1.0", ...health }], "/stream": [hello] };
  return withOrchestrator(story, test);
}

function entry(id: string, url: string) {
  const { hostname, port } = new URL(url);
  return { id, ip: hostname, port: Number(port) };
}

function seenBy(id: string, url: string, traits: Record<string, unknown> = {}) {
  return { ...entry(id, url), status: "active", problem: null, ...traits };
}

/** Runs the check with these workers configured against an orchestrator that sees `seen`. */
async function check(
  configured: readonly object[],
  seen: readonly object[],
  ...flags: string[]
): Promise<ToolRun> {
  let run: ToolRun | undefined;
  const story = {
    "/health": [{ status: "healthy", version: "0.1.0", warnings: [] }],
    "/workers": [seen],
  };
  await withOrchestrator(story, async (url) => {
    run = await checkAgainst(url, configured, ...flags);
  });
  return run!;
}

async function checkAgainst(
  url: string,
  configured: readonly object[],
  ...flags: string[]
): Promise<ToolRun> {
  let run: ToolRun | undefined;
  await inFolder(async (folder) => {
    const file = join(folder, "config_workers.json");
    await Deno.writeTextFile(file, JSON.stringify({ workers: configured }));
    run = await runTool("check_communication", ["--orchestrator", url, ...flags], folder);
  });
  return run!;
}

Deno.test("check-communication ends with 0 when all reach each other, on a stream of its own", async () => {
  const farms: (string | null)[] = [];
  await withWorker("worker-01", { onStream: (farm) => farms.push(farm) }, async (url) => {
    const run = await check([entry("worker-01", url)], [seenBy("worker-01", url)]);
    assertEquals(run.code, 0, run.stdout + run.stderr);
    assertMatch(run.stdout, /^Orchestrator http:\S+: healthy, version 0\.1\.0, \S+ ms$/m);
    assertMatch(
      run.stdout,
      /^worker-01 +127\.0\.0\.1:\d+ +yes +yes +1 +0\.1\.0 +-?\d+ ms +\S+ ms$/m,
    );
  });
  assertEquals(farms.length, 1);
  assertMatch(farms[0]!, /^check-/);
});

Deno.test("check-communication says of each worker what is wrong and what to do", async () => {
  const cases: readonly (readonly [Traits, string])[] = [
    [
      { contract: 99 },
      `contract version 99 (release 0.1.0), this program ${CONTRACT_VERSION}: run the`,
    ],
    [{ worker_id: "other" }, 'It calls itself "other": start it with --worker-id worker-01'],
    [{ skewMs: 60_000 }, "s ahead: set the clocks"],
    [{ skewMs: -60_000 }, "s behind: set the clocks"],
    [{ health: { status: "unhealthy", warnings: ["2 threads hang"] } }, "but 2 threads hang: look"],
  ];
  for (const [traits, sentence] of cases) {
    await withWorker("worker-01", traits, async (url) => {
      const run = await check([entry("worker-01", url)], [seenBy("worker-01", url)]);
      assertEquals(run.code, 3);
      assertStringIncludes(run.stdout, sentence);
    });
  }
});

Deno.test("check-communication tells nobody, strangers and workers out of the orchestrator's reach apart", async () => {
  await withWorker(
    "near",
    {},
    (near) =>
      withWorker("unlisted", {}, (unlisted) =>
        withOrchestrator({}, async (stranger) => {
          const nobody = nobodysUrl();
          const configured = [
            entry("gone", nobody),
            entry("stranger", stranger),
            entry("near", near),
            entry("unlisted", unlisted),
          ];
          const seen = [
            seenBy("gone", nobody, { status: "inactive", problem: "Connection refused" }),
            seenBy("stranger", stranger, { status: "unstable" }),
            seenBy("near", near, { status: "inactive", problem: "It did not answer in time" }),
          ];
          const { code, stdout } = await check(configured, seen, "--json");
          assertEquals(code, 3);
          const { workers } = JSON.parse(stdout);
          const told = workers.map((worker: Record<string, unknown>) => [
            worker.id,
            worker.reachable_from_here,
            worker.reachable_from_orchestrator,
            worker.contract,
            String(worker.problem).replace(/127\.0\.0\.1:\d+|--port \d+/g, "…"),
          ]);
          assertEquals(told, [
            [
              "gone",
              false,
              false,
              null,
              "Nothing listens at …: start the worker there with --worker-id gone …",
            ],
            [
              "stranger",
              false,
              false,
              null,
              "What answers at … is no worker: check its port in config_workers.json",
            ],
            [
              "near",
              true,
              false,
              1,
              "The orchestrator cannot reach it (It did not answer in time): check the network between the two",
            ],
            [
              "unlisted",
              true,
              false,
              1,
              "The orchestrator does not list it: check that it reads the same config_workers.json",
            ],
          ]);
        })),
  );
});

Deno.test("check-communication also checks workers that only the orchestrator lists", async () => {
  await withWorker("added", {}, async (url) => {
    const { code, stdout } = await check([], [seenBy("added", url)]);
    assertEquals(code, 0);
    assertMatch(stdout, /^added .* yes +yes /m);
  });
});

Deno.test("check-communication checks the workers when there is no orchestrator, and ends with 69", async () => {
  await withWorker("worker-01", {}, async (url) => {
    for (const farm of [nobodysUrl(), url]) {
      const { code, stdout } = await checkAgainst(farm, [entry("worker-01", url)]);
      assertEquals(code, 69);
      const sentence = farm === url ? "is no orchestrator" : "Cannot reach the orchestrator";
      assertStringIncludes(stdout, sentence);
      assertMatch(stdout, /^worker-01 .* yes +\? +1 /m);
    }
  });
});

Deno.test("check-communication shows what an unhealthy orchestrator complains of", async () => {
  const health = {
    status: "unhealthy",
    version: "0.1.0",
    problems: ["The store fails: disk full"],
  };
  await withWorker("worker-01", {}, async (worker) => {
    const story = {
      "/health": [Response.json(health, { status: 503 })],
      "/workers": [[seenBy("worker-01", worker)]],
    };
    await withOrchestrator(story, async (url) => {
      const { code, stdout } = await checkAgainst(url, [entry("worker-01", worker)]);
      assertEquals(code, 1);
      assertStringIncludes(stdout, "The store fails: disk full");
    });
  });
});
