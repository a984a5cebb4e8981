import { assert, assertEquals, assertThrows } from "@std/assert";
import { join } from "node:path";
import { UsageError } from "../platform/arguments.ts";
import { parseDotEnv, Settings, type SettingSources } from "../platform/settings.ts";
import { readConfig, rereadWorkers } from "./config.ts";

const PROJECT = join(import.meta.dirname!, "..");
/** Settings of `.env.example` that only workers read. */
const WORKER_NAMES = ["TASK_HISTORY_SIZE", "WORKER_THREADS_PER_TASK"];
/** What only command lines read. */
const TERMINAL_NAMES = ["FARM_LANGUAGE"];
/** Settings that are kept out of the configuration, because they are secrets or lead to them. */
const ACCESS_NAMES = [
  "FARM_CERT",
  "FARM_KEY",
  "FARM_TOKEN",
  "FARM_VIEWER_TOKEN",
  "FARM_WORKER_CA",
  "FARM_WORKER_TOKEN",
];

function withFolder(body: (folder: string) => void): void {
  const folder = Deno.makeTempDirSync();
  try {
    body(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

function read(environment: Record<string, string>, files: Record<string, unknown> = {}) {
  const folder = Deno.makeTempDirSync();
  try {
    for (const [name, content] of Object.entries(files)) {
      const text = typeof content === "string" ? content : JSON.stringify(content);
      Deno.writeTextFileSync(join(folder, name), text);
    }
    return readConfig({ flags: {}, folder, settings: new Settings(environment) });
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

function messageOf(environment: Record<string, string>, files: Record<string, unknown> = {}) {
  return assertThrows(() => read(environment, files), UsageError).message;
}

Deno.test("readConfig() has a default for everything", () => {
  const config = read({});
  assertEquals(config.host, "127.0.0.1");
  assertEquals(config.port, 5000);
  assertEquals(config.retriesMax, 3);
  assertEquals(config.concurrentMax, Infinity);
  assertEquals(config.timeoutMs, null);
  assertEquals(config.stallMs, 300_000);
  assertEquals(config.httpTimeoutMs, 30_000);
  assertEquals(config.strategy, "round_robin");
  assertEquals(config.logPath, join(config.folder, "logs/elastic_orchestrator.log"));
  assertEquals(config.resultsPath, join(config.folder, "results"));
  assertEquals(config.parameterDefaults, { num_particles: 100, num_steps: 500, seed: 42 });
  assertEquals([config.workers, config.workersFileFound], [[], false]);
  assert(Object.isFrozen(config));
});

Deno.test("readConfig() lets .env win over config_workers.json, and reads its own .env", () => {
  withFolder((folder) => {
    const file = { workers: [], orchestrator: { timeout: 7, retry_attempts: 5 } };
    Deno.writeTextFileSync(join(folder, "config_workers.json"), JSON.stringify(file));
    Deno.writeTextFileSync(join(folder, ".env"), "MAX_TASK_RETRIES=1\nRESULTS_DIR=old\n");
    const config = readConfig({ flags: { port: 6000 }, folder });
    assertEquals([config.retriesMax, config.httpTimeoutMs, config.port], [1, 7000, 6000]);
    assertEquals(config.resultsPath, join(config.folder, "old"));
  });
});

Deno.test("readConfig() reads a .env with comments behind the values", () => {
  withFolder((folder) => {
    const lines = [
      "# CONFIGURACIÓN PRINCIPAL",
      "TASK_DISTRIBUTION_INTERVAL=2.5      # Intervalo de distribución (segundos)",
      "RESULTS_STORAGE_PATH=salida/       # Directorio de resultados",
      "WORKER_01_IP=192.168.1.100         # IP del worker 1",
      "WORKER_01_PORT=5001                 # Puerto del worker 1",
    ];
    Deno.writeTextFileSync(join(folder, ".env"), lines.join("\n"));
    const config = readConfig({ flags: {}, folder });
    assertEquals(config.distributionIntervalMs, 2500);
    assertEquals(config.resultsPath, join(config.folder, "salida"));
    assertEquals(config.workers.map(({ id, ip }) => [id, ip]), [["worker-01", "192.168.1.100"]]);
  });
});

Deno.test("readConfig() lets RESULTS_STORAGE_PATH win over its old name", () => {
  const config = read({ RESULTS_DIR: "old", RESULTS_STORAGE_PATH: "new/" });
  assertEquals(config.resultsPath, join(config.folder, "new"));
});

Deno.test("readConfig() takes 0 concurrent tasks for no limit", () => {
  const of = (max: number) =>
    read({}, {
      "config_workers.json": { workers: [], orchestrator: { max_concurrent_tasks: max } },
    }).concurrentMax;
  assertEquals([of(0), of(10)], [Infinity, 10]);
});

for (
  const [environment, message] of [
    [
      { MAX_TASK_RETRIES: "many" },
      'MAX_TASK_RETRIES in the environment is "many" but takes an integer from 0 to 100',
    ],
    [
      { LOAD_BALANCING_ALGORITHM: "random" },
      'LOAD_BALANCING_ALGORITHM in the environment is "random" but takes ' +
      "round_robin | least_loaded | fastest | weighted",
    ],
    [
      { WORKER_TIMEOUT: "0" },
      'WORKER_TIMEOUT in the environment is "0" but takes a number from 0.01 to 2000000',
    ],
    [
      { DEFAULT_NUM_PARTICLES: "0" },
      'DEFAULT_NUM_PARTICLES in the environment is "0" but takes an integer from 1 to 1000000',
    ],
    [
      { LOG_LEVEL: "LOUD" },
      'LOG_LEVEL in the environment is "LOUD" but takes DEBUG | INFO | WARNING | ERROR | CRITICAL',
    ],
    [
      { MANUAL_MODE: "false" },
      "MANUAL_MODE is false, which is for schedules, and there are none yet: " +
      "remove it or set MANUAL_MODE=true; tasks enter as files in task_queues/",
    ],
    [
      { CONFIG_FILE: "other.json" },
      "There is no file other.json: check --config and CONFIG_FILE",
    ],
    [
      { WORKER_03_PORT: "tcp" },
      'WORKER_03_PORT in the environment is "tcp" but takes an integer from 1 to 65535',
    ],
    [
      { WORKER_03_PORT: "5003" },
      'WORKER_03_IP is missing: the worker "worker-03" is not in config_workers.json, ' +
      "so WORKER_03_IP and WORKER_03_PORT are both needed",
    ],
  ] as [Record<string, string>, string][]
) {
  Deno.test(`readConfig() refuses ${JSON.stringify(environment)} with a sentence`, () => {
    assertEquals(messageOf(environment), message);
  });
}

const WORKER = { id: "w", ip: "10.0.0.1", port: 5001 };

for (
  const [content, message] of [
    [
      '{"workers": [\n  {"id": "w",}\n]}',
      'config_workers.json is no JSON: Expected a name in double quotes, found "}": ' +
      "the comma before it is one too many (line 2, column 14)",
    ],
    [
      "",
      "config_workers.json is no JSON: The text ends where a value should stand (line 1, column 1)",
    ],
    [[], 'config_workers.json is an array but takes an object such as {"workers": [ … ]}'],
    [{}, "workers in config_workers.json is missing; it takes a list of workers"],
    [
      { workers: [{ ...WORKER, capcity: 2 }] },
      'Unknown key "capcity" in workers[0] of config_workers.json; did you mean "capacity"?',
    ],
    [
      { workers: [], orchestrator: { parallel: 2 } },
      'Unknown key "parallel" in orchestrator of config_workers.json; ' +
      "known are timeout, retry_attempts, max_concurrent_tasks",
    ],
    [
      { workers: [], orchestator: {} },
      'Unknown key "orchestator" in config_workers.json; did you mean "orchestrator"?',
    ],
    [
      { workers: [{ id: "w", ip: "10.0.0.1" }] },
      "workers[0].port in config_workers.json is missing; it takes an integer from 1 to 65535",
    ],
    [
      { workers: [{ ...WORKER, capacity: 0 }] },
      "workers[0].capacity in config_workers.json is 0 but takes an integer from 1 to 4096",
    ],
    [
      { workers: [{ ...WORKER, capacity: "2" }] },
      'workers[0].capacity in config_workers.json is "2" but takes an integer from 1 to 4096',
    ],
    [
      { workers: [{ ...WORKER, algorithms: ["python", "pyton"] }] },
      'workers[0].algorithms[1] in config_workers.json is "pyton" but takes python | cython',
    ],
    [
      { workers: [{ ...WORKER, ip: "http://10.0.0.1" }] },
      'workers[0].ip in config_workers.json is "http://10.0.0.1" but takes an address or a host name',
    ],
    [
      { workers: [WORKER, { ...WORKER, port: 5002 }] },
      'Two workers in config_workers.json have the id "w"',
    ],
    [
      { workers: [WORKER, { ...WORKER, id: "v" }] },
      'The workers "w" and "v" in config_workers.json have the same address 10.0.0.1:5001',
    ],
    [
      { workers: [{ ...WORKER, ip: "localhost" }, { ...WORKER, id: "v", ip: "127.0.0.1" }] },
      'The workers "w" and "v" in config_workers.json have the same address 127.0.0.1:5001',
    ],
  ] as [unknown, string][]
) {
  Deno.test(`readConfig() tells what is wrong with ${JSON.stringify(content)}`, () => {
    assertEquals(messageOf({}, { "config_workers.json": content }), message);
  });
}

Deno.test("readConfig() takes the seed's file with a byte order mark", () => {
  const worker = { ...WORKER, status: "unknown", capacity: 2, algorithms: ["benchmark.py"] };
  const text = "\ufeff" + JSON.stringify({ workers: [worker] });
  assertEquals(read({}, { "config_workers.json": text }).workers, [{
    ...WORKER,
    capacity: 2,
    algorithms: ["python"],
    region: null,
    weight: 1,
  }]);
});

Deno.test("readConfig() merges WORKER_nn_* over the file and adds what is new", () => {
  const file = { workers: [{ ...WORKER, id: "worker-01", capacity: 2 }, { ...WORKER, port: 7 }] };
  const config = read({
    WORKER_01_IP: "192.168.1.100",
    WORKER_02_IP: "192.168.1.101",
    WORKER_02_PORT: "5002",
    WORKER_5_ID: "w",
    WORKER_5_PORT: "8",
  }, { "config_workers.json": file });
  assertEquals(
    config.workers.map(({ id, ip, port, capacity }) => [id, ip, port, capacity]),
    [
      ["worker-01", "192.168.1.100", 5001, 2],
      ["w", "10.0.0.1", 8, null],
      ["worker-02", "192.168.1.101", 5002, null],
    ],
  );
});

Deno.test("readConfig() refuses two groups of settings for one worker", () => {
  const address = {
    WORKER_01_IP: "a",
    WORKER_01_PORT: "1",
    WORKER_02_IP: "b",
    WORKER_02_PORT: "2",
  };
  assertEquals(
    messageOf({ ...address, WORKER_02_ID: "worker-01" }),
    'WORKER_02_* and WORKER_01_* both name the worker "worker-01"; keep one',
  );
});

Deno.test("rereadWorkers() merges again, and refuses a file that is wrong or gone", () => {
  withFolder((folder) => {
    const path = join(folder, "config_workers.json");
    const write = (content: unknown) => Deno.writeTextFileSync(path, JSON.stringify(content));
    write({ workers: [WORKER] });
    const settings = new Settings({ WORKER_09_ID: "w", WORKER_09_PORT: "9" });
    const config = readConfig({ flags: {}, folder, settings });
    write({ workers: [{ ...WORKER, capacity: 8 }] });
    assertEquals(rereadWorkers(config).map(({ port, capacity }) => [port, capacity]), [[9, 8]]);
    write({ workers: 3 });
    assertThrows(() => rereadWorkers(config), UsageError, "takes a list of workers");
    Deno.removeSync(path);
    assertThrows(() => rereadWorkers(config), UsageError, "config_workers.json is gone");
  });
});

Deno.test("The shipped config_workers.json names two local workers and limits nothing", () => {
  const config = readConfig({ flags: {}, folder: PROJECT, settings: new Settings({}) });
  assertEquals(
    config.workers.map(({ id, ip, port, capacity }) => [id, ip, port, capacity]),
    [["worker-01", "127.0.0.1", 5001, null], ["worker-02", "127.0.0.1", 5002, null]],
  );
  assertEquals(config.workers[0]?.algorithms, ["python", "cython"]);
  assertEquals(config.concurrentMax, Infinity);
});

/** Notes every name that is asked for. */
class NotingSettings extends Settings {
  readonly asked = new Set<string>();
  override written(name: string) {
    this.asked.add(name);
    return super.written(name);
  }
  override integer(...args: Parameters<Settings["integer"]>) {
    this.asked.add(args[0]);
    return super.integer(...args);
  }
  override number(...args: Parameters<Settings["number"]>) {
    this.asked.add(args[0]);
    return super.number(...args);
  }
  override boolean(...args: Parameters<Settings["boolean"]>) {
    this.asked.add(args[0]);
    return super.boolean(...args);
  }
  override text(...args: Parameters<Settings["text"]>) {
    this.asked.add(args[0]);
    return super.text(...args);
  }
  override choice<const C extends string>(
    name: string,
    choices: readonly C[],
    sources: SettingSources<C>,
  ): C {
    this.asked.add(name);
    return super.choice(name, choices, sources);
  }
}

Deno.test(".env.example names every setting, with its default", () => {
  const text = Deno.readTextFileSync(join(PROJECT, ".env.example"));
  const documented = [...text.matchAll(/^([A-Z][A-Z0-9_]*)=/gm)].map((match) => match[1]!);
  const noting = new NotingSettings({});
  const bare = readConfig({ flags: {}, folder: PROJECT, settings: noting });
  const others = [...WORKER_NAMES, ...TERMINAL_NAMES, ...ACCESS_NAMES];
  assertEquals(documented.toSorted(), [...noting.asked, ...others].sort());
  const written = readConfig({
    flags: {},
    folder: PROJECT,
    settings: new Settings({}, parseDotEnv(text)),
  });
  assertEquals(written, bare);
  for (const name of ["IP", "PORT", "ID"]) assert(text.includes(`# WORKER_02_${name}=`));
});
