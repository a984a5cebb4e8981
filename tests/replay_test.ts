/**
 * The particles of a task's page, in a real browser before a real farm.
 *
 * @module
 */
/// <reference lib="dom" />
import { assert, assertEquals } from "@std/assert";
import { walk } from "@std/fs/walk";
import { join } from "node:path";
import type { FarmUnderTest } from "./testing/farm.ts";
import { browserTest, Visitor } from "./testing/browser.ts";

const PARAMETERS = { num_particles: 200, num_steps: 500, seed: 1 };

/** Runs a recorded task; resolves when its trajectory is there. */
async function record(farm: FarmUnderTest, task_id: string): Promise<string> {
  const task = { task_id, algorithm: "cython", parameters: PARAMETERS, record: { every: 5 } };
  await farm.drop("recorded.json", [task]);
  await farm.until(async () => (await fetch(`${farm.client.url}/tasks/${task_id}/trajectory`)).ok);
  return `${farm.client.url}/ui/task?id=${task_id}`;
}

async function frameOf({ page }: Visitor): Promise<number> {
  return Number(await page.locator("#replay").getAttribute("data-frame"));
}

/** Colours on the canvas: one while nothing is drawn. */
function colorsOf({ page }: Visitor): Promise<number> {
  return page.locator("canvas.stage").evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
  });
}

browserTest("a replay plays, pauses and scrubs, by mouse and by keyboard", {
  capacities: [1],
}, async (farm, browser) => {
  const url = await record(farm, "seen");
  const visitor = await Visitor.arrive(browser);
  const { page } = visitor;
  await page.goto(url);
  const replay = page.locator("#replay");
  await page.locator('#replay[data-state="ready"][data-playing="true"]').waitFor();
  await farm.until(async () => await frameOf(visitor) > 3);
  assert(await colorsOf(visitor) > 5);
  await page.getByRole("button", { name: "Pause" }).click();
  await page.locator('#replay[data-playing="false"]').waitFor();
  await page.getByLabel("Time", { exact: true }).fill("40");
  await page.locator('#replay[data-frame="40"]').waitFor();
  await visitor.sees("step 200 of 500");
  await page.locator("canvas.stage").focus();
  await page.keyboard.press("ArrowRight");
  await page.locator('#replay[data-frame="41"]').waitFor();
  await page.keyboard.press("End");
  await page.locator('#replay[data-frame="100"]').waitFor();
  await page.keyboard.press(" ");
  await page.locator('#replay[data-playing="true"]').waitFor();
  await page.keyboard.press(" ");
  assertEquals(await replay.locator(".uplot").count(), 2);
  await page.getByLabel("Trails").check();
  assertEquals(await visitor.barriers(), []);
  await page.setViewportSize({ width: 360, height: 740 });
  assert(await page.evaluate(() => document.documentElement.scrollWidth) <= 360);
  await visitor.leave();
});

browserTest("a replay rests for who wants no motion, and speaks Spanish", {
  capacities: [1],
}, async (farm, browser) => {
  const url = await record(farm, "calm");
  const visitor = await Visitor.arrive(browser, { reducedMotion: "reduce", locale: "es-CL" });
  await visitor.page.goto(url);
  await visitor.page.locator('#replay[data-frame="0"][data-playing="false"]').waitFor();
  await visitor.page.getByRole("button", { name: "Reproducir" }).click();
  await visitor.page.locator('#replay[data-playing="true"]').waitFor();
  await visitor.leave();
});

browserTest("two recorded tasks are compared in one picture, along one scrubber", {
  capacities: [1],
}, async (farm, browser) => {
  const run = (task_id: string, seed: number, every: number) => ({
    task_id,
    algorithm: "cython",
    parameters: { ...PARAMETERS, seed },
    record: { every },
  });
  const plain = { ...run("plain", 1, 5), record: undefined, algorithm: "python" };
  await farm.drop("b.json", [run("one", 1, 5), run("same", 1, 10), run("other", 2, 5), plain]);
  for (const id of ["one", "same", "other"]) {
    await farm.until(async () => (await fetch(`${farm.client.url}/tasks/${id}/trajectory`)).ok);
  }
  await farm.finished("b.json");
  const visitor = await Visitor.arrive(browser, { reducedMotion: "reduce" });
  const { page } = visitor;
  const compare = async (id: string) => {
    await page.goto(`${farm.client.url}/ui/task?id=one&with=${id}`);
    await page.locator('#replay[data-state="ready"]').waitFor();
  };
  await compare("same");
  await visitor.sees("Same inputs, and the same particles");
  await visitor.sees("in the same places in all 51 steps");
  await compare("other");
  await visitor.sees("Other inputs, other particles.");
  await visitor.sees("in other places from the start");
  await page.getByLabel("Time", { exact: true }).fill("40");
  await page.locator('#replay[data-frame="40"]').waitFor();
  const outlined = await colorsOf(visitor);
  await page.getByRole("checkbox", { name: "other" }).uncheck();
  await farm.until(async () => await colorsOf(visitor) < outlined);
  assertEquals(await visitor.barriers(), []);
  await page.setViewportSize({ width: 360, height: 740 });
  assert(await page.evaluate(() => document.documentElement.scrollWidth) <= 360);
  await compare("plain");
  await visitor.sees("Same seed, but not the same algorithm");
  await visitor.sees("There is no trajectory of plain");
  await visitor.leave();
});

browserTest("a broken trajectory says so and harms nothing else", {
  capacities: [1],
}, async (farm, browser) => {
  const url = await record(farm, "broken");
  for await (const { path } of walk(join(farm.folder, "results"), { exts: [".gz"] })) {
    const bytes = await Deno.readFile(path);
    await Deno.writeFile(path, bytes.subarray(0, bytes.length / 2));
  }
  const visitor = await Visitor.arrive(browser);
  await visitor.page.goto(url);
  await visitor.sees("The trajectory cannot be shown: The trajectory cannot be unpacked");
  await visitor.sees("state_sha256");
  await visitor.leave();
});

browserTest("a running task is seen live until it ends", {
  capacities: [1],
}, async (farm, browser) => {
  const parameters = { num_particles: 3000, num_steps: 10_000_000, seed: 1 };
  await farm.drop("live.json", [{ task_id: "live", algorithm: "cython", parameters }]);
  await farm.until(async () => (await fetch(`${farm.client.url}/tasks/live/preview`)).ok);
  const visitor = await Visitor.arrive(browser);
  const { page } = visitor;
  await page.goto(`${farm.client.url}/ui/task?id=live`);
  await page.locator('#replay[data-state="live"]').waitFor();
  const stepOf = async () => Number(await page.locator("#replay").getAttribute("data-step"));
  const first = await stepOf();
  await farm.until(async () => await stepOf() > first);
  assert(await colorsOf(visitor) > 5);
  await visitor.sees("1,000 of 3,000 particles");
  await fetch(`${farm.client.url}/tasks/live`, { method: "DELETE" });
  await visitor.sees("There is no trajectory of this task");
  await visitor.leave();
});
