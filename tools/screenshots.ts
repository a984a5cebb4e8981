/**
 * `deno task screenshots`: pictures of the dashboard's pages in both themes, of a farm that has just
 * done some work, into docs/images/. Needs a Chromium on this machine.
 *
 * @module
 */
/// <reference lib="dom" />
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { out } from "../platform/terminal.ts";
import { launchBrowser } from "./browser.ts";
import { FarmClient } from "./farm_client.ts";
import { LocalFarm } from "./local_farm.ts";

const FOLDER = fileURLToPath(new URL("../docs/images/", import.meta.url));
const THEMES = ["light", "dark"] as const;
const SIZE = { width: 1200, height: 750 };
/** For a picture of something further down, which needs room. */
const TALL = { width: 1200, height: 900 };
/** A farm that has just started has no past to draw, ms. */
const PAST_MS = 60_000;
/** Time for charts to be drawn and figures to come in, ms. */
const SETTLE_MS = 1500;
/** Two recorded tasks, to be compared. */
const COMPARED = ["density_200_01", "density_200_04"] as const;

/** A study over particles and seeds, and a few tasks that take longer than they may. */
function exampleFiles(): Record<string, unknown[]> {
  const study = [50, 100, 200, 400].flatMap((num_particles) =>
    Array.from({ length: 15 }, (_, seed) => ({
      task_id: `density_${num_particles}_${String(seed).padStart(2, "0")}`,
      algorithm: seed % 3 === 0 ? "python" : "cython",
      parameters: { num_particles, num_steps: 3000, seed },
      priority: ["high", "medium", "low"][seed % 3],
      description: "Density study",
      ...(num_particles === 200 ? { record: { every: 5 } } : {}),
    }))
  );
  const long = Array.from({ length: 14 }, (_, seed) => ({
    task_id: `relaxation_${String(seed).padStart(2, "0")}`,
    algorithm: "cython",
    parameters: { num_particles: 2000, num_steps: 20_000 * (1 + seed), seed },
    description: "Relaxation of a dense box",
    ...(seed % 5 === 4 ? { timeout: 0.2 } : {}),
  }));
  return { "density_study.json": study, "relaxation.json": long };
}

async function startExample(folder: string): Promise<LocalFarm> {
  const farm = await LocalFarm.start({
    folder,
    port: 0,
    workers: [
      { id: "worker-01", port: 0, capacity: 2 },
      { id: "worker-02", port: 0, capacity: 2 },
    ],
    workersFile: join(folder, "config_workers.json"),
    env: { MAX_TASK_RETRIES: "1" },
  });
  const client = new FarmClient(farm.url);
  for (const [name, tasks] of Object.entries(exampleFiles())) {
    await client.submit(name, JSON.stringify({ tasks }));
  }
  return farm;
}

/** Pages by the name of their picture; a fragment names what is to be in sight. */
async function pagesOf(client: FarmClient): Promise<Record<string, string>> {
  const [batch] = await client.get<{ id: string }[]>("/batches?limit=1");
  const failed = await client.get<{ task_id: string }[]>("/tasks?status=failed&limit=1");
  const task = failed[0]?.task_id ?? "relaxation_00";
  return {
    overview: "",
    tasks: "/tasks?limit=25",
    task: `/task?id=${encodeURIComponent(task)}`,
    compare: `/task?${new URLSearchParams({ id: COMPARED[0], with: COMPARED[1] })}#replay-title`,
    batch: `/batch?id=${encodeURIComponent(batch!.id)}`,
    workers: "/workers",
    errors: "/errors",
    submit: "/submit",
  };
}

async function takePictures(browser: Browser, url: string): Promise<void> {
  const pages = await pagesOf(new FarmClient(url));
  for (const colorScheme of THEMES) {
    const page = await browser.newPage({ viewport: SIZE, colorScheme, locale: "en-GB" });
    for (const [name, path] of Object.entries(pages)) {
      await page.setViewportSize(path.includes("#") ? TALL : SIZE);
      await page.goto(`${url}/ui${path}`);
      await page.waitForTimeout(SETTLE_MS);
      // What came into the page meanwhile has moved the rest of it.
      await page.evaluate(() => document.getElementById(location.hash.slice(1))?.scrollIntoView());
      const file = join(FOLDER, `dashboard_${name}_${colorScheme}.png`);
      await page.screenshot({ path: file });
      out(file);
    }
    await page.close();
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!await holds()) await new Promise((resolve) => setTimeout(resolve, 200));
}

if (import.meta.main) {
  const folder = await Deno.makeTempDir({ prefix: "farm_screenshots_" });
  await Deno.mkdir(FOLDER, { recursive: true });
  const farm = await startExample(folder);
  const browser = await launchBrowser();
  try {
    const client = new FarmClient(farm.url);
    // Until something has failed, the page of errors has nothing to show.
    await until(async () => (await client.get<unknown[]>("/errors")).length > 0);
    for (const id of COMPARED) {
      await until(async () => (await fetch(`${farm.url}/tasks/${id}/trajectory`)).ok);
    }
    await new Promise((resolve) => setTimeout(resolve, PAST_MS));
    await takePictures(browser, farm.url);
  } finally {
    await browser.close();
    await farm.stop();
    await Deno.remove(folder, { recursive: true });
  }
}
