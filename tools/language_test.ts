/**
 * The command line in Spanish: what people read changes, what programs read does not.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { batch, nobodysUrl, problem, withOrchestrator } from "./testing/fake_orchestrator.ts";
import { runningTask, statsAnswer, workerAnswer } from "./testing/farm_status.ts";
import { inFolder, runTool, type ToolRun } from "./testing/run_tool.ts";

const SPANISH = { FARM_LANGUAGE: "es" };

function inSpanish(name: string, args: readonly string[], folder: string): Promise<ToolRun> {
  return runTool(name, args, folder, SPANISH);
}

const PROGRAMS = [
  ...["submit", "validate", "results", "status", "start", "demo", "compile"],
  ...["test_notifications", "check_communication"],
  ...["../generator/main", "../orchestrator/main", "../worker/main"],
];

Deno.test("every program explains itself in Spanish, with every word of it", () =>
  inFolder(async (folder) => {
    for (const program of PROGRAMS) {
      const { code, stdout, stderr } = await inSpanish(program, ["--help"], folder);
      assertEquals([code, stderr], [0, ""], program);
      assertStringIncludes(stdout, "\nEjemplos:\n", program);
      assertMatch(stdout, /^Uso: deno task \S+.* \[opciones\]$/m, program);
      // A key that has no words would be shown as it is.
      assert(!/\b(cli|flag|value)\.\w/.test(stdout), stdout);
      const wrong = await inSpanish(program, ["--helo"], folder);
      assertEquals([wrong.code, wrong.stdout], [2, ""], program);
      assertEquals(wrong.stderr, "Opción desconocida --helo; ¿quiso decir --help?\n", program);
    }
  }));

Deno.test("status and submit speak Spanish; their exit codes stay", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(
      join(folder, "b.json"),
      JSON.stringify({ tasks: [{ task_id: "a", algorithm: "python", parameters: {} }] }),
    );
    const story = {
      "/stats": [statsAnswer({ total_tasks: 10, completed: 7, running: 1 })],
      "/workers": [[workerAnswer("w-1")]],
      "/tasks": [
        (request: Request) =>
          request.method === "GET" ? [runningTask("t-1", 0)] : { file: "b.json", tasks: 1 },
      ],
      "/batches/b.json": [problem(404), batch("1", { completed: 8, failed: 1 })],
    };
    await withOrchestrator(story, async (url) => {
      const status = await inSpanish("status", ["--orchestrator", url], folder);
      assertEquals([status.code, status.stderr], [0, ""]);
      assertStringIncludes(status.stdout, "7 de 10 terminadas: 7 completadas");
      assertMatch(status.stdout, /^w-1 +activo +1 de 4/m);
      const submit = await inSpanish("submit", ["b.json", "--wait", "--orchestrator", url], folder);
      assertEquals([submit.code, submit.stdout], [3, "b.json: 8 de 9 completadas, 1 fallida\n"]);
    });
    const nobody = await inSpanish("status", ["--orchestrator", nobodysUrl()], folder);
    assertEquals(nobody.code, 69);
    assertStringIncludes(nobody.stderr, "No se alcanza el orquestador en http://");
  }));

Deno.test("JSON is the same in every language, sentences in it included", () =>
  inFolder(async (folder) => {
    const calls: [string, string[]][] = [
      ["validate", ["none.json", "--json"]],
      ["check_communication", ["--orchestrator", nobodysUrl(), "--json"]],
    ];
    for (const [name, args] of calls) {
      const spanish = await inSpanish(name, args, folder);
      const english = await runTool(name, args, folder);
      assertEquals([spanish.code, spanish.stdout], [english.code, english.stdout]);
    }
    const spoken = await inSpanish("validate", ["none.json"], folder);
    assertEquals(spoken.stdout, "none.json: No existe ese archivo\n");
  }));

Deno.test("FARM_LANGUAGE in .env decides over the system's language, and takes no other", () =>
  inFolder(async (folder) => {
    const system = { FARM_LANGUAGE: "", LC_ALL: "en_US.UTF-8" };
    await Deno.writeTextFile(join(folder, ".env"), "FARM_LANGUAGE=es\n");
    const spanish = await runTool("validate", [], folder, system);
    assertEquals([spanish.code, spanish.stderr], [
      2,
      "Falta ARCHIVO; --help muestra cómo se usa\n",
    ]);
    await Deno.writeTextFile(join(folder, ".env"), "FARM_LANGUAGE=fr\n");
    const french = await runTool("validate", [], folder, system);
    assertEquals(french.code, 2);
    assertEquals(french.stderr, 'FARM_LANGUAGE in .env is "fr" but takes en | es\n');
  }));
