import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { hasPseudoTerminal, runInTerminal } from "../generator/testing/pseudo_terminal.ts";
import { nobodysUrl, problem, type Story, withOrchestrator } from "./testing/fake_orchestrator.ts";
import { runningTask, statsAnswer, workerAnswer } from "./testing/farm_status.ts";
import { inFolder, runTool } from "./testing/run_tool.ts";

const STATS = statsAnswer({ total_tasks: 10, completed: 7, running: 1 });
const STORY: Story = {
  "/stats": [STATS],
  "/workers": [[workerAnswer("w-1")]],
  "/tasks": [[runningTask("t-1", 0)]],
};

Deno.test("status prints once without a terminal, also with --watch", () =>
  withOrchestrator(STORY, (url) =>
    inFolder(async (folder) => {
      for (const flags of [[], ["--watch"]]) {
        const run = await runTool("status", ["--orchestrator", url, ...flags], folder);
        assertEquals(run.code, 0);
        assertStringIncludes(run.stdout, "7 of 10 ended");
        assertStringIncludes(run.stdout, "t-1");
        assert(!run.stdout.includes("\x1b"));
      }
    })));

Deno.test("status --json gives the answers of the API as they are", () =>
  withOrchestrator(STORY, (url) =>
    inFolder(async (folder) => {
      const run = await runTool("status", ["--json", "--orchestrator", url], folder);
      assertEquals(JSON.parse(run.stdout), {
        stats: STATS,
        workers: [workerAnswer("w-1")],
        running: [runningTask("t-1", 0)],
      });
    })));

Deno.test("status ends with 69 when nobody answers", () =>
  inFolder(async (folder) => {
    const run = await runTool("status", ["--orchestrator", nobodysUrl()], folder);
    assertEquals([run.code, run.stdout], [69, ""]);
    assertStringIncludes(run.stderr, "Cannot reach the orchestrator");
  }));

Deno.test("status ends with 69 when something else answers", () =>
  withOrchestrator(
    { "/stats": [{}], "/workers": [[]], "/tasks": [[]] },
    (url) =>
      inFolder(async (folder) => {
        const run = await runTool("status", ["--orchestrator", url], folder);
        assertEquals(run.code, 69);
        assertStringIncludes(run.stderr, "is no orchestrator of this version");
      }),
  ));

Deno.test({
  name: "status --watch outlives an orchestrator that is away, and ends on Ctrl-C with 130",
  ignore: !hasPseudoTerminal(),
  fn: async () => {
    const later = statsAnswer({ total_tasks: 10, completed: 9 });
    const story: Story = { ...STORY, "/stats": [STATS, problem(503), later] };
    await withOrchestrator(story, (url) =>
      inFolder(async (folder) => {
        const root = fileURLToPath(new URL("..", import.meta.url));
        const config = ["--config", `${root}deno.json`];
        const { code, screen } = await runInTerminal(
          [Deno.execPath(), "run", "-A", "--quiet", ...config, `${root}tools/status.ts`].concat(
            ["--watch", "--orchestrator", url],
          ),
          { cwd: folder, turns: [["No answer for", ""], ["9 of 10 ended", "\x03"]] },
        );
        assertEquals(code, 130);
        assert(screen.endsWith("\x1b[?25h"), "the cursor must come back");
      }));
  },
});
