/**
 * F17: input made to break the reader. Every file and every body gets an answer, nothing crashes,
 * memory stays bounded.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { parseTaskFile } from "../../contract/task_file_text.ts";
import { TASK_FILE_LIMITS } from "../../contract/task_file.ts";
import { checkTaskFile } from "../../contract/task_file_check.ts";
import { ApiUnderTest } from "../../orchestrator/api/testing.ts";
import { Listeners } from "../../orchestrator/listeners/listeners.ts";
import { ScriptedFarm } from "../../orchestrator/listeners/testing.ts";
import { parameterChecks } from "../../simulation/parameter_check.ts";
import { residentMiB, tinies, tiny, withFarm } from "./farm.ts";
import { chanceOf, faultTest, record, sized, until } from "./level.ts";
import { Mutator } from "./mutate.ts";
import { SimulatedWorker } from "../../tools/testing/simulated_worker.ts";

const SEED = Number(Deno.env.get("FAULTS_SEED") ?? 17);
const DEFAULTS = { num_particles: 100, num_steps: 500, seed: 42 };
const BASE = JSON.stringify({
  metadata: { created: "2024-07-08", count: 2 },
  rerun: false,
  tasks: [
    {
      task_id: "a",
      algorithm: "python",
      parameters: { num_particles: 5, num_steps: 9, seed: 3 },
      priority: "high",
    },
    {
      task_id: "b",
      algorithm: "cython",
      parameters: { NUM_PASOS: 4 },
      priority: 7,
      timeout: 3,
      note: "é",
    },
  ],
});

faultTest("F17 mutated task files are always answered", {}, async () => {
  const count = sized({ quick: 5_000, long: 100_000, full: 1_000_000 });
  const mutator = new Mutator(chanceOf(SEED));
  const algorithms = parameterChecks(DEFAULTS);
  const encoder = new TextEncoder();
  let accepted = 0;
  for (let at = 0; at < count; at++) {
    const text = mutator.mutate(BASE);
    const checked = checkTaskFile(text, { algorithms, limits: TASK_FILE_LIMITS });
    if (checked.ok) accepted++;
    else assert(checked.errors.length > 0 && checked.errors[0]!.message.length > 0, text);
    if (at % 10 === 0) parseTaskFile(encoder.encode(text).subarray(at % 7), TASK_FILE_LIMITS);
    if (at % 5000 === 0) await new Promise((resolve) => setTimeout(resolve));
  }
  // The mutator is worth nothing if all it makes is rubbish, or nothing is.
  assert(accepted > count / 50 && accepted < count * 0.9, `${accepted} of ${count} accepted`);
  record({
    fault: "F17",
    what: `${count} mutated task files`,
    lost: 0,
    double: 0,
    note: `seed ${SEED}, ${accepted} valid`,
  });
});

const CALLS: readonly (readonly [method: string, path: string, body: string | null])[] = [
  ["POST", "/tasks", BASE],
  ["POST", "/tasks/bulk", '{"action":"cancel","filter":{"status":"pending","priority":"high"}}'],
  ["POST", "/workers/worker-01/drain", '{"draining":true}'],
  ["POST", "/tasks/a/retry", "{}"],
  ["GET", "/tasks?status=pending&limit=10&cursor=abc&priority=high", null],
  ["GET", "/tasks/a", null],
  ["GET", "/batches?limit=5&cursor=x", null],
  ["GET", "/batches/20240708_100000_x/results?limit=3", null],
  ["GET", "/stats/history?from=0&to=1&step=60", null],
  ["DELETE", "/tasks/a", null],
];

faultTest(
  "F17 mutated calls of the API are always answered, never with an accident",
  {},
  async () => {
    const count = sized({ quick: 1_500, long: 20_000, full: 200_000 });
    const chance = chanceOf(SEED + 1);
    const mutator = new Mutator(chance);
    const { farm, prepared } = await ScriptedFarm.start({}, (farm) => new Listeners(farm));
    const api = new ApiUnderTest(farm, prepared);
    const statuses = new Map<number, number>();
    try {
      for (let at = 0; at < count; at++) {
        const [method, path, body] = CALLS[Math.floor(chance() * CALLS.length)]!;
        const asked = body === null || chance() < 0.2 ? safePath(mutator.mutate(path)) : path;
        const init = body === null ? { method } : { method, body: mutator.mutate(body) };
        const response = await api.request(asked, init);
        await response.body?.cancel();
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
        assert(
          response.status < 500,
          `${method} ${asked} ${body === null ? "" : init.body}: ${response.status}`,
        );
      }
    } finally {
      await prepared.stop();
      await farm.stop();
    }
    record({
      fault: "F17",
      what: `${count} mutated API calls`,
      lost: 0,
      double: 0,
      note: `answers ${
        [...statuses].sort().map(([status, times]) => `${status}: ${times}`).join(", ")
      }`,
    });
  },
);

/** As a client would send it: what stands in a URL. */
function safePath(path: string): string {
  return `/${
    encodeURI(path.replaceAll(/[\ud800-\udfff]/g, "")).replace(/^\/+/, "").slice(0, 2000)
  }`;
}

const deep = 100_000;
const HOSTILE: Record<string, string> = {
  deep_array: "[".repeat(deep) + "]".repeat(deep),
  deep_object: '{"tasks":' + '{"a":'.repeat(deep) + "1" + "}".repeat(deep) + "}",
  deep_extra: `{"tasks":[{"task_id":"x","algorithm":"python","extra":${"[".repeat(deep)}${
    "]".repeat(deep)
  }}]}`,
  duplicate_keys:
    '{"tasks":[],"tasks":[{"task_id":"dup","task_id":"dup2","algorithm":"python","parameters":{}}]}',
  infinity:
    '{"tasks":[{"task_id":"inf","algorithm":"python","parameters":{"num_particles":1e999}}]}',
  unsafe_integer:
    '{"tasks":[{"task_id":"big","algorithm":"python","parameters":{"seed":9007199254740993}}]}',
  negative: '{"tasks":[{"task_id":"neg","algorithm":"python","parameters":{"num_particles":-5}}]}',
  proto: '{"__proto__":{"tasks":[]},"tasks":[{"__proto__":{"task_id":"p"},"algorithm":"python"}]}',
  many_errors: `{"tasks":[${"{},".repeat(50_000)}{}]}`,
};

faultTest("F17 hostile files are refused in bounded memory while work goes on", {}, async () => {
  const worker = new SimulatedWorker("worker-01", { capacity: 8, workMs: 5 });
  try {
    await withFarm({ places: [worker] }, async (farm) => {
      const queue = join(farm.folder, "task_queues");
      using huge = await Deno.open(join(queue, ".huge"), { write: true, create: true });
      await huge.truncate(2 ** 30);
      await Deno.rename(join(queue, ".huge"), join(queue, "huge.json"));
      for (const [name, text] of Object.entries(HOSTILE)) await farm.dropText(`${name}.json`, text);
      await farm.drop("good.json", tinies("t", 100));
      await farm.untilCount(100, "completed");
      const verdicts: Record<string, string> = {};
      for (const name of ["huge", ...Object.keys(HOSTILE)]) {
        verdicts[name] = await until(`a verdict on ${name}`, async () => {
          const state = (await farm.client.batch(`${name}.json`))?.state;
          return state === "receiving" ? null : state;
        });
      }
      const accepted = Object.keys(verdicts).filter((name) => verdicts[name] === "accepted");
      // Duplicate keys: the last one counts, as everywhere in JSON. Deep extras are only kept.
      assertEquals(accepted.filter((name) => !/duplicate|deep_extra/.test(name)), []);
      for (const body of [...Object.values(HOSTILE), "x".repeat(70e6)]) {
        const answer = await fetch(`${farm.client.url}/tasks`, { method: "POST", body })
          .catch(() => null);
        await answer?.body?.cancel();
        assert(answer === null || answer.status < 500, `${answer?.status}: ${body.slice(0, 50)}`);
      }
      await farm.drop("after.json", [tiny("after")]);
      await farm.untilCount(101, "completed");
      for (const path of ["/tasks", "/batches", "/health"]) await farm.client.get(path);
      const rssMiB = await residentMiB(farm.orchestrator!.process.pid);
      assert(rssMiB < 1500, `the orchestrator grew to ${rssMiB} MiB`);
      record({
        fault: "F17",
        what: `1 GB file, depth 100,000, ${Object.keys(HOSTILE).length - 2} more`,
        lost: 0,
        double: 0,
        note: `RSS ${rssMiB} MiB afterwards`,
      });
    });
  } finally {
    await worker.close();
  }
});
