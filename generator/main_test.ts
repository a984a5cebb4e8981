import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type CheckedTask, TASK_FILE_LIMITS } from "../contract/task_file.ts";
import { checkTaskFile } from "../contract/task_file_check.ts";
import { parameterChecks } from "../simulation/parameter_check.ts";
import { hasPseudoTerminal, runInTerminal, type Turn } from "./testing/pseudo_terminal.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const COMMAND = [
  Deno.execPath(),
  "run",
  "-A",
  "--quiet",
  "--config",
  join(ROOT, "deno.json"),
  join(ROOT, "generator", "main.ts"),
];

/** Every question answered, as a script would. */
const ANSWERS = [
  "--type=basic",
  "--algorithm=python",
  "--count=2",
  "--particles=10",
  "--steps=20",
  "--seed=30",
  "--priority=high",
];

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function generate(
  cwd: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const [program, ...before] = COMMAND;
  const { code, stdout, stderr } = await new Deno.Command(program!, {
    args: [...before, ...args],
    cwd,
    env: { NO_COLOR: "1", FARM_LANGUAGE: "en", ...env },
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** The tasks of a file as the inbox would take them. */
async function tasksOf(path: string): Promise<readonly CheckedTask[]> {
  const algorithms = parameterChecks({ num_particles: 1, num_steps: 1, seed: 1 });
  const options = { algorithms, limits: TASK_FILE_LIMITS };
  const verdict = checkTaskFile(await Deno.readFile(path), options);
  assert(verdict.ok, JSON.stringify(verdict));
  return verdict.tasks;
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map((entry) => entry.name);
  } catch {
    return [];
  }
}

Deno.test("generate writes a file from flags and prints its path", () =>
  inFolder(async (folder) => {
    const { code, stdout, stderr } = await generate(folder, ANSWERS);
    assertEquals([code, stderr], [0, "2 tasks written to\n"]);
    assertMatch(stdout, /^task_queues\/basic_\d{8}_\d{6}_\w{6}\.json\n$/);
    const tasks = await tasksOf(join(folder, stdout.trim()));
    assertEquals(
      tasks.map(({ spec }) => [spec.algorithm, spec.parameters, spec.priority_written]),
      [
        ["python", { num_particles: 10, num_steps: 20, seed: 30 }, "high"],
        ["python", { num_particles: 10, num_steps: 20, seed: 31 }, "high"],
      ],
    );
    assertEquals(namesIn(join(folder, "task_queues")).length, 1);
  }));

Deno.test("generate names every missing flag where it cannot ask, and writes nothing", () =>
  inFolder(async (folder) => {
    const none = await generate(folder, []);
    assertEquals([none.code, none.stdout], [2, ""]);
    for (const flag of ["type", "algorithm", "count", "particles", "steps", "seed", "priority"]) {
      assertStringIncludes(none.stderr, `--${flag}`);
    }
    const one = await generate(folder, ANSWERS.filter((answer) => !answer.startsWith("--steps")));
    assertEquals(one.code, 2);
    assertStringIncludes(one.stderr, "give --steps, or --yes");
    assertEquals(namesIn(folder), []);
  }));

Deno.test("generate --yes takes the DEFAULT_* settings of the folder", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, ".env"), "DEFAULT_NUM_PARTICLES=77\nDEFAULT_SEED=5\n");
    const { code, stdout } = await generate(folder, ["--yes"], { DEFAULT_NUM_STEPS: "9" });
    assertEquals(code, 0);
    const [first] = await tasksOf(join(folder, stdout.trim()));
    assertEquals(first?.spec.parameters, { num_particles: 77, num_steps: 9, seed: 5 });
  }));

Deno.test("generate --type sweep writes every combination", () =>
  inFolder(async (folder) => {
    const sweep = ["--type", "sweep", "--particles", "10,20", "--seed", "1..50", "--yes"];
    const { code, stdout } = await generate(folder, [...sweep, "--output", "deep/down/s.json"]);
    assertEquals([code, stdout], [0, "deep/down/s.json\n"]);
    const tasks = await tasksOf(join(folder, "deep/down/s.json"));
    const combinations = tasks.map(({ spec }) => JSON.stringify(spec.parameters));
    assertEquals(new Set(combinations).size, 100);
  }));

Deno.test("generate --preview shows the work and writes nothing", () =>
  inFolder(async (folder) => {
    const { code, stdout, stderr } = await generate(folder, [...ANSWERS, "--preview"]);
    assertEquals(code, 0);
    assertStringIncludes(stdout, "2 tasks, estimated work 400 particle-steps");
    assertStringIncludes(stderr, "Nothing was written");
    assertEquals(namesIn(folder), []);
  }));

Deno.test("generate --preview --yes shows and writes", () =>
  inFolder(async (folder) => {
    const { code, stdout } = await generate(folder, [...ANSWERS, "--preview", "--yes"]);
    assertEquals(code, 0);
    assertStringIncludes(stdout, "particle-steps");
    assertEquals(namesIn(join(folder, "task_queues")).length, 1);
  }));

Deno.test("generate never overwrites the file of --output", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "mine.json"), "precious");
    const { stdout } = await generate(folder, [...ANSWERS, "--output", "mine.json"]);
    assertEquals(stdout, "mine_2.json\n");
    assertEquals(await Deno.readTextFile(join(folder, "mine.json")), "precious");
  }));

Deno.test("generate gives five runs at once different files and different ids", () =>
  inFolder(async (folder) => {
    const runs = await Promise.all(Array.from({ length: 5 }, () => generate(folder, ANSWERS)));
    const paths = runs.map((run) => run.stdout.trim());
    assertEquals(new Set(paths).size, 5);
    const ids: string[] = [];
    for (const path of paths) {
      for (const { spec } of await tasksOf(join(folder, path))) ids.push(spec.task_id);
    }
    assertEquals(new Set(ids).size, 10);
    assertEquals(namesIn(join(folder, "task_queues")).length, 5);
  }));

const REFUSED: readonly [args: string[], message: string][] = [
  [["--particles", "0"], '--particles is "0": num_particles must be an integer from 1 to 1000000'],
  [["--particles", "1,2"], "type basic takes one value here"],
  [["--steps", "x"], '--steps is "x"'],
  [["--seed", "4294967296"], "seed must be an integer from 0 to 4294967295"],
  [["--algorithm", "pythn"], "did you mean python?"],
  [["--priority", "urgent"], '"urgent" is neither high, medium, low'],
  [["--count", "100001"], "--count"],
  [["--type", "sweep", "--count", "3"], "--count does not go with --type sweep"],
  [["--type", "sweep", "--seed", "1..90000", "--steps", "1,2"], "more than 100000"],
  [["--type", "custom", "--particles", "1,2"], "it takes one value or 3"],
  [["--output", "x.txt"], "--output"],
];
Deno.test("generate refuses wrong answers with exit 2, naming flag and value", () =>
  inFolder(async (folder) => {
    for (const [args, message] of REFUSED) {
      const { code, stderr } = await generate(folder, [...args, "--yes"]);
      assertEquals(code, 2, stderr);
      assertStringIncludes(stderr, message);
    }
    assertEquals(namesIn(folder), []);
  }));

Deno.test("generate writes nothing when the batch would not pass the inbox", () =>
  inFolder(async (folder) => {
    const huge = ["--type=performance", "--particles=1000000", "--count=4", "--yes"];
    const { code, stderr } = await generate(folder, huge);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "tasks[2].parameters.num_particles");
    assertEquals(namesIn(folder), []);
  }));

const terminal = { ignore: !hasPseudoTerminal() };
const ENTER = "\r";
const DOWN = "\x1b[B";
const CTRL_C = "\x03";

const CONVERSATION: readonly Turn[] = [
  ["sweep", DOWN + ENTER], // the second entry: performance
  ["in turn", ENTER],
  ["Number of tasks", "4" + ENTER],
  ["Particles [100]", "many" + ENTER],
  ["Not accepted", "0" + ENTER],
  ["must be an integer from 1 to 1000000", "50" + ENTER],
  ["Steps [500]", ENTER],
  ["Seed [42]", "7" + ENTER],
  ["medium", ENTER],
  ["estimated work", ""],
];

Deno.test(
  "generate asks in a terminal, answers at once, and writes",
  terminal,
  () =>
    inFolder(async (folder) => {
      const turns: Turn[] = [...CONVERSATION, ["yes", ENTER]];
      const { screen, code } = await runInTerminal(COMMAND, { cwd: folder, turns });
      assertEquals(code, 0, screen);
      assertStringIncludes(screen, '"many" is neither an integer nor a range');
      const [name] = namesIn(join(folder, "task_queues"));
      const tasks = await tasksOf(join(folder, "task_queues", name!));
      assertEquals(
        tasks.map(({ spec }) => spec.parameters),
        [50, 50, 100, 100].map((size) => ({
          num_particles: size,
          num_steps: 500,
          seed: 7,
        })),
      );
      assertStringIncludes(screen, "4 tasks, estimated work 150K particle-steps");
    }),
);

Deno.test(
  "generate asks in Spanish; what it writes is the same",
  terminal,
  () =>
    inFolder(async (folder) => {
      const command = [...COMMAND, ...ANSWERS.filter((answer) => !answer.startsWith("--steps"))];
      const turns: Turn[] = [["Pasos [500]", "x" + ENTER], ["No se acepta", "3" + ENTER], [
        "sí",
        ENTER,
      ]];
      const options = { cwd: folder, turns, language: "es" } as const;
      const { screen, code } = await runInTerminal(command, options);
      assertEquals(code, 0, screen);
      assertStringIncludes(screen, "2 tareas escritas en");
      const [name] = namesIn(join(folder, "task_queues"));
      const [first] = await tasksOf(join(folder, "task_queues", name!));
      assertEquals(first?.spec.description, "basic: 10 particles, 3 steps, seed 30");
    }),
);

Deno.test(
  "generate writes nothing when the person says no",
  terminal,
  () =>
    inFolder(async (folder) => {
      const turns: Turn[] = [...CONVERSATION, ["yes", DOWN + ENTER]];
      const { screen, code } = await runInTerminal(COMMAND, { cwd: folder, turns });
      assertEquals(code, 0, screen);
      assertStringIncludes(screen, "Nothing was written");
      assertEquals(namesIn(folder), []);
    }),
);

Deno.test(
  "generate asks only what the flags leave open",
  terminal,
  () =>
    inFolder(async (folder) => {
      const command = [...COMMAND, ...ANSWERS.filter((answer) => !answer.startsWith("--steps"))];
      const turns: Turn[] = [["Steps [500]", "3" + ENTER], ["yes", ENTER]];
      const { screen, code } = await runInTerminal(command, { cwd: folder, turns });
      assertEquals(code, 0, screen);
      const [name] = namesIn(join(folder, "task_queues"));
      const [first] = await tasksOf(join(folder, "task_queues", name!));
      assertEquals(first?.spec.parameters["num_steps"], 3);
    }),
);

Deno.test(
  "generate ends with 130 and no file on Ctrl-C at any question",
  terminal,
  () =>
    inFolder(async (folder) => {
      const moments: readonly Turn[][] = [
        [["sweep", CTRL_C]],
        [...CONVERSATION.slice(0, 2), ["Number of tasks", CTRL_C]],
        [...CONVERSATION, ["yes", CTRL_C]],
      ];
      for (const turns of moments) {
        const { screen, code } = await runInTerminal(COMMAND, { cwd: folder, turns });
        assertEquals(code, 130, screen);
      }
      assertEquals(namesIn(folder), []);
    }),
);
