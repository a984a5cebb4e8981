/**
 * What the dashboard costs: how soon Overview is painted and what its data takes on the server with a
 * million tasks in the store, while they are worked off and at rest; and how much slower the farm
 * dispatches while ten people look on.
 *
 * @module
 */
import type { Browser } from "playwright-core";
import { err } from "../../platform/terminal.ts";
import { launchBrowser } from "../browser.ts";
import { dispatchRound } from "./dispatch.ts";
import { MeasuredFarm } from "./farm.ts";
import { median, percentile, type Row } from "./report.ts";
import { taskFileStream } from "./scale.ts";
import { type Audience, browsers, nobody, streams } from "./audience.ts";

const SIZES = { tasks: 1_000_000, dispatched: 20_000, rounds: 5, answers: 60, paints: 7 };
const SIZES_QUICK = { tasks: 50_000, dispatched: 5000, rounds: 2, answers: 20, paints: 3 };
const VIEWERS = 10;
/** Time between two looks at the server, so that they do not become a load of their own, ms. */
const PAUSE_MS = 150;

export async function benchDashboard({ quick }: { quick: boolean }): Promise<Row[]> {
  const sizes = quick ? SIZES_QUICK : SIZES;
  const farm = await MeasuredFarm.start({ env: { TASK_FILE_MAX_BYTES: "400000000" } });
  const browser = await launchBrowser();
  try {
    await farm.prepare("large.json", taskFileStream(sizes.tasks));
    await farm.drop("large.json");
    const accepted = async () => (await farm.client.batch("large.json"))?.state === "accepted";
    const seconds = await farm.secondsUntil(accepted, 50);
    err(`dashboard: ${sizes.tasks} tasks accepted in ${seconds.toFixed(1)} s`);
    const busy = await overview(farm, browser, { when: "busy", ...sizes });
    // What is left would take minutes and tell nothing more.
    await cancelAll(farm);
    await farm.secondsUntil(() => farm.isFinished("large.json"), 100);
    const idle = await overview(farm, browser, { when: "idle", ...sizes });
    return [busy, idle, ...await dispatchWhileSeen(farm, browser, sizes)];
  } finally {
    await browser.close();
    await farm.close();
  }
}

async function cancelAll({ client }: MeasuredFarm): Promise<void> {
  const body = JSON.stringify({ action: "cancel", filter: {} });
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${client.url}/tasks/bulk`, { method: "POST", body, headers });
  if (!response.ok) throw new Error(`The tasks cannot be cancelled: ${await response.text()}`);
  await response.body?.cancel();
}

async function overview(
  farm: MeasuredFarm,
  browser: Browser,
  { when, tasks, answers, paints }: {
    when: string;
    tasks: number;
    answers: number;
    paints: number;
  },
): Promise<Row> {
  const { total: page, server } = await answerTimes(farm, answers);
  const firstPaints: number[] = [];
  for (let at = 0; at < paints; at++) firstPaints.push(await firstPaint(browser, farm.farm.url));
  const row = {
    bench: "dashboard_overview",
    when,
    tasks,
    page_p50_ms: rounded(median(page)),
    page_p95_ms: rounded(percentile(page, 0.95)),
    server_p50_ms: rounded(median(server)),
    server_p95_ms: rounded(percentile(server, 0.95)),
    first_paint_p50_ms: rounded(median(firstPaints)),
    first_paint_max_ms: rounded(Math.max(...firstPaints)),
  };
  err(`dashboard: Overview ${when}: ${JSON.stringify(row)}`);
  return row;
}

/**
 * Overview, from the request to the last byte, and what of that the server needed to gather its data
 * and to make the page of it, ms.
 */
async function answerTimes(
  farm: MeasuredFarm,
  count: number,
): Promise<{ total: number[]; server: number[] }> {
  const total: number[] = [];
  const server: number[] = [];
  for (let at = 0; at < count; at++) {
    const startMs = performance.now();
    const response = await fetch(`${farm.client.url}/ui`, { headers: { accept: "text/html" } });
    await response.text();
    total.push(performance.now() - startMs);
    server.push(Number(/dur=([\d.]+)/.exec(response.headers.get("server-timing") ?? "")?.[1]));
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return { total, server };
}

/** From the start of the navigation to the first contentful paint, with an empty cache, ms. */
async function firstPaint(browser: Browser, url: string): Promise<number> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(`${url}/ui`);
    await page.waitForFunction(() =>
      performance.getEntriesByName("first-contentful-paint").length > 0
    );
    return await page.evaluate(() =>
      performance.getEntriesByName("first-contentful-paint")[0]!.startTime
    );
  } finally {
    await context.close();
  }
}

/** The same rounds in turns, with nobody and with viewers; only their ratio means something. */
async function dispatchWhileSeen(
  farm: MeasuredFarm,
  browser: Browser,
  { dispatched, rounds }: { dispatched: number; rounds: number },
): Promise<Row[]> {
  const audiences: readonly [string, () => Promise<Audience>][] = [
    ["nobody", nobody],
    ["streams", () => streams(farm.farm.url, VIEWERS)],
    ["browsers", () => browsers(browser, farm.farm.url, VIEWERS)],
  ];
  const found = new Map(audiences.map(([name]) => [name, { rate: [], cpu: [] } as Figures]));
  await dispatchRound(farm, "warmup", 2000);
  for (let round = 0; round < rounds; round++) {
    for (const [name, come] of audiences) {
      const audience = await come();
      const measured = await dispatchRound(farm, `${name}${round}`, dispatched);
      await audience.leave();
      found.get(name)!.rate.push(measured.tasks_per_s);
      found.get(name)!.cpu.push(measured.orchestrator_us_per_task ?? NaN);
      err(`dashboard: ${name}: ${Math.round(measured.tasks_per_s)} tasks/s`);
    }
  }
  const alone = found.get("nobody")!;
  return [...found].map(([viewers, { rate, cpu }]) => ({
    bench: "dashboard_dispatch",
    viewers: viewers === "nobody" ? viewers : `${VIEWERS} ${viewers}`,
    tasks: dispatched,
    rounds,
    tasks_per_s: Math.round(median(rate)),
    orchestrator_us_per_task: Math.round(median(cpu)),
    rate_ratio: rounded(medianRatio(rate, alone.rate), 3),
    cpu_ratio: rounded(medianRatio(cpu, alone.cpu), 3),
  }));
}

interface Figures {
  readonly rate: number[];
  readonly cpu: number[];
}

/** Of rounds that ran side by side. */
function medianRatio(values: readonly number[], base: readonly number[]): number {
  return median(values.map((value, at) => value / base[at]!));
}

function rounded(value: number, decimals = 1): number {
  return Number(value.toFixed(decimals));
}
