import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  batch,
  nobodysUrl,
  problem,
  type Story,
  withOrchestrator,
} from "./testing/fake_orchestrator.ts";
import { inFolder, runTool, type ToolRun } from "./testing/run_tool.ts";

const EXAMPLE = fileURLToPath(new URL("../tareas_manuales_ejemplo.json", import.meta.url));
const EXAMPLE_NAME = "tareas_manuales_ejemplo.json";

function queued(folder: string): string[] {
  try {
    return [...Deno.readDirSync(join(folder, "task_queues"))].map((entry) => entry.name).sort();
  } catch {
    return [];
  }
}

/** Posts the example to an orchestrator that plays `looks` for its batch, and waits. */
async function postAndWait(looks: readonly unknown[], ...flags: string[]): Promise<ToolRun> {
  let run: ToolRun | undefined;
  const story: Story = {
    "/tasks": [{ file: EXAMPLE_NAME, tasks: 10 }],
    [`/batches/${EXAMPLE_NAME}`]: looks,
  };
  await withOrchestrator(story, (url) =>
    inFolder(async (folder) => {
      run = await runTool("submit", [EXAMPLE, "--wait", "--orchestrator", url, ...flags], folder);
      assertEquals(queued(folder), []);
    }));
  return run!;
}

Deno.test("submit copies into the queue byte for byte, under a free name", () =>
  inFolder(async (folder) => {
    for (const name of [EXAMPLE_NAME, "tareas_manuales_ejemplo_2.json"]) {
      const { code, stdout } = await runTool("submit", [EXAMPLE], folder);
      assertEquals([code, stdout], [0, `${name}: 10 tasks submitted\n`]);
      const copy = await Deno.readFile(join(folder, "task_queues", name));
      assertEquals(copy, await Deno.readFile(EXAMPLE));
    }
    assertEquals(queued(folder).length, 2);
  }));

Deno.test("submit gives a file a name that the inbox takes", () =>
  inFolder(async (folder) => {
    for (const name of [".hidden.json", "batch.txt", "a b'.json"]) {
      await Deno.copyFile(EXAMPLE, join(folder, name));
      assertEquals((await runTool("submit", [name], folder)).code, 0);
    }
    assertEquals(queued(folder), ["a b'.json", "batch.txt.json", "hidden.json"]);
  }));

Deno.test("submit hands over none of several files when one is wrong", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "bad.json"), '{"tasks": []}');
    const { code, stdout, stderr } = await runTool("submit", [EXAMPLE, "bad.json"], folder);
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(stderr, "bad.json: tasks is empty");
    assertStringIncludes(stderr, "Nothing was submitted");
    assertEquals(queued(folder), []);
  }));

Deno.test("submit refuses a file that lies in the queue already", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(join(folder, "task_queues"));
    await Deno.copyFile(EXAMPLE, join(folder, "task_queues", "x.json"));
    const { code, stderr } = await runTool("submit", ["task_queues/x.json"], folder);
    assertEquals(code, 2);
    assertStringIncludes(stderr, "is in the queue already");
  }));

Deno.test("submit posts the file with its name to an orchestrator elsewhere", async () => {
  const received: unknown[] = [];
  const story: Story = {
    "/tasks": [async (request: Request) => {
      received.push(new URL(request.url).searchParams.get("name"), await request.text());
      return { file: "other_name.json", tasks: 10 };
    }],
  };
  await withOrchestrator(story, (url) =>
    inFolder(async (folder) => {
      const { code, stdout } = await runTool("submit", [EXAMPLE, "--orchestrator", url], folder);
      assertEquals([code, stdout], [0, "other_name.json: 10 tasks submitted\n"]);
    }));
  assertEquals(received, [EXAMPLE_NAME, await Deno.readTextFile(EXAMPLE)]);
});

Deno.test("submit --wait ends with 0 when all tasks completed", async () => {
  const looks = [
    problem(404),
    batch("1", { pending: 10 }),
    batch("1", { running: 4, completed: 6 }),
    batch("1", { completed: 10 }),
  ];
  const { code, stdout } = await postAndWait(looks);
  assertEquals([code, stdout], [0, `${EXAMPLE_NAME}: 10 of 10 completed\n`]);
});

Deno.test("submit --wait says which tasks were known and did not run again", async () => {
  const known = batch("1", {}, { known: 10 });
  const results = Array.from(
    { length: 10 },
    (_, at) => ({ task_id: `${at}`, status: "completed" }),
  );
  const story: Story = {
    "/tasks": [{ file: EXAMPLE_NAME, tasks: 10 }],
    [`/batches/${EXAMPLE_NAME}`]: [problem(404), known],
    "/batches/1/results": [results],
  };
  await withOrchestrator(story, (url) =>
    inFolder(async (folder) => {
      const args = [EXAMPLE, "--wait", "--orchestrator", url];
      const { code, stdout } = await runTool("submit", args, folder);
      assertEquals(code, 0);
      assertStringIncludes(stdout, "10 of 10 completed; 10 known from earlier files, which are");
    }));
});

Deno.test("submit --wait ends with 3 when some failed", async () => {
  const looks = [problem(404), batch("1", { completed: 8, failed: 1, cancelled: 1 })];
  const { code, stdout } = await postAndWait(looks);
  assertEquals(code, 3);
  assertEquals(stdout, `${EXAMPLE_NAME}: 8 of 10 completed, 1 failed, 1 cancelled\n`);
});

Deno.test("submit --wait ends with 1 when the file is rejected, and says why", async () => {
  const rejected = { state: "rejected", errors: [{ message: "tasks[0].task_id is known" }] };
  const { code, stdout } = await postAndWait([problem(404), batch("1", {}, rejected)]);
  assertEquals(code, 1);
  assertStringIncludes(stdout, "rejected\n  tasks[0].task_id is known\n");
});

Deno.test("submit --wait does not take an older batch of the name for its own", async () => {
  const older = batch("1", { failed: 10 });
  const { code } = await postAndWait([older, older, batch("2", { completed: 10 })]);
  assertEquals(code, 0);
});

Deno.test("submit --wait --json gives what became of every file", async () => {
  const looks = [problem(404), batch("1", { completed: 9, failed: 1 })];
  const { code, stdout } = await postAndWait(looks, "--json");
  assertEquals(code, 3);
  assertEquals(JSON.parse(stdout), [{
    source: EXAMPLE,
    file: EXAMPLE_NAME,
    tasks: 10,
    state: "accepted",
    batch: "1",
    counts: { completed: 9, failed: 1 },
    errors: [],
  }]);
});

Deno.test("submit ends with 69 and submits nothing when nobody answers", () =>
  inFolder(async (folder) => {
    const { code, stderr } = await runTool(
      "submit",
      [EXAMPLE, "--orchestrator", nobodysUrl()],
      folder,
    );
    assertEquals(code, 69);
    assertStringIncludes(stderr, "Cannot reach");
    assertEquals(queued(folder), []);
  }));

Deno.test("submit ends with 1 and every error when the orchestrator refuses", async () => {
  const errors = [{ message: "tasks[0] is wrong" }, { message: "tasks[1] is wrong" }];
  await withOrchestrator(
    { "/tasks": [problem(400, { errors })] },
    (url) =>
      inFolder(async (folder) => {
        const { code, stderr } = await runTool("submit", [EXAMPLE, "--orchestrator", url], folder);
        assertEquals(code, 1);
        assertEquals(stderr, "tasks[0] is wrong\ntasks[1] is wrong\nRefused for the test\n");
      }),
  );
});

Deno.test("submit refuses an address that is none", () =>
  inFolder(async (folder) => {
    const { code, stderr } = await runTool(
      "submit",
      [EXAMPLE, "--orchestrator", "host:5000"],
      folder,
    );
    assertEquals(code, 2);
    assertStringIncludes(stderr, '--orchestrator is "host:5000"');
  }));
