/**
 * The dashboard as people have it: a real browser before a real farm.
 *
 * @module
 */
/// <reference lib="dom" />
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Buffer } from "node:buffer";
import { startOrchestrator } from "../tools/local_farm.ts";
import { browserTest, PAGES, Visitor } from "./testing/browser.ts";

function tiny(task_id: string, more: object = {}) {
  const parameters = { num_particles: 5, num_steps: 5, seed: 1 };
  return { task_id, algorithm: "python", parameters, ...more };
}

/** Far more than half a second of work. */
function slow(task_id: string) {
  const parameters = { num_particles: 1000, num_steps: 1_000_000, seed: 1 };
  return { task_id, algorithm: "cython", parameters };
}

browserTest("every page is open to everybody, light and dark, wide and narrow", {
  capacities: [2],
}, async (farm, browser) => {
  await farm.drop("some.json", [tiny("a"), tiny("b")]);
  const { id } = await farm.finished("some.json");
  const paths = [...PAGES, "/task?id=a&with=b", `/batch?id=${id}`, "/bulk?action=retry", "/nosuch"];
  for (const colorScheme of ["light", "dark"] as const) {
    const visitor = await Visitor.arrive(browser, { colorScheme });
    for (const path of paths) {
      await visitor.page.goto(`${farm.client.url}/ui${path}`);
      assertEquals(await visitor.barriers(), [], `${colorScheme} ${path}`);
    }
    await visitor.leave();
  }
  const narrow = await Visitor.arrive(browser, { viewport: { width: 360, height: 740 } });
  for (const path of paths) {
    await narrow.page.goto(`${farm.client.url}/ui${path}`);
    const width = await narrow.page.evaluate(() => document.documentElement.scrollWidth);
    assert(width <= 360, `${path} is ${width} wide`);
  }
  await narrow.leave();
});

browserTest("a file is submitted, and watched until it is done", {
  capacities: [2],
}, async (farm, browser) => {
  const visitor = await Visitor.arrive(browser);
  const { page } = visitor;
  await page.goto(`${farm.client.url}/ui/submit`);
  await page.getByRole("button", { name: "File", exact: true }).click();
  const tasks = [tiny("one"), tiny("two"), { ...tiny("three"), priority: "high" }];
  const buffer = Buffer.from(JSON.stringify({ tasks }));
  const file = { name: "mine.json", mimeType: "application/json", buffer };
  await page.locator("input[type=file]").setInputFiles(file);
  await visitor.sees("Tasks: 3");
  await page.getByRole("button", { name: "Send to the queue" }).click();
  await page.waitForURL(/\/ui\/batch\?id=/);
  await visitor.sees("3 of 3 ended");
  await page.getByRole("link", { name: "two", exact: true }).click();
  await visitor.sees("Result");
  await visitor.sees("state_sha256");
  await visitor.leave();
});

browserTest("a sweep is written in a form, its faults stand beside their fields", {
  capacities: [1],
}, async (farm, browser) => {
  const visitor = await Visitor.arrive(browser);
  const { page } = visitor;
  await page.goto(`${farm.client.url}/ui/submit`);
  await page.getByLabel("num_particles").fill("0");
  await visitor.sees("0: 1 … 1000000");
  assertEquals(await page.getByRole("button", { name: "Send to the queue" }).isDisabled(), true);
  await page.getByLabel("num_particles").fill("10,20");
  await page.getByLabel("num_steps").fill("5");
  await page.getByLabel("seed").fill("1..3");
  await visitor.sees("Tasks: 6");
  await page.getByRole("button", { name: "Send to the queue" }).click();
  await visitor.sees("6 of 6 ended");
  await visitor.leave();
});

browserTest("a failed task is found and run again; the page survives a restart in between", {
  capacities: [1],
  env: { TASK_TIMEOUT: "0.5", MAX_TASK_RETRIES: "0" },
}, async (farm, browser) => {
  await farm.drop("slow.json", [slow("too slow"), tiny("quick")]);
  await farm.finished("slow.json");
  const visitor = await Visitor.arrive(browser);
  const { page } = visitor;
  const { url } = farm.orchestrator;
  await page.goto(`${url}/`);
  await page.locator("#live[data-state=connected]").waitFor();

  await farm.orchestrator.stop();
  await page.locator("#live[data-state=connecting]").waitFor();
  const { folder } = farm;
  farm.orchestrator = await startOrchestrator({ folder, port: Number(new URL(url).port) });
  assertEquals(farm.orchestrator.url, url);
  await page.locator("#live[data-state=connected]").waitFor({ timeout: 30_000 });
  await farm.drop("more.json", [tiny("after")]);
  const shown = (name: string) => page.locator(`[data-stat="tasks_summary.${name}"]`).innerText();
  await farm.until(async () => await shown("completed") === "2");
  const stats = await farm.client.get<{ tasks_summary: Record<string, number> }>("/stats");
  for (const name of ["completed", "failed", "pending", "total_tasks"]) {
    assertEquals(await shown(name), String(stats.tasks_summary[name]), name);
  }

  await page.keyboard.press("g");
  await page.keyboard.press("e");
  await visitor.sees("Not finished within its timeout of N s");
  await page.getByRole("link", { name: "too slow" }).click();
  await page.getByRole("button", { name: "Run again" }).click();
  await visitor.sees("1 task runs again.");
  await page.locator(".title .s-completed").waitFor({ timeout: 60_000 });
  await visitor.leave();
});

browserTest("hostile names do nothing but stand there", { capacities: [1] }, async (
  farm,
  browser,
) => {
  const evil = `"><img src=x onerror=alert(1)><script>alert(2)</script>`;
  await farm.drop("evil.json", [tiny(evil, { description: evil, note: evil })]);
  const { id } = await farm.finished("evil.json");
  const visitor = await Visitor.arrive(browser);
  const name = encodeURIComponent(evil);
  for (const path of [...PAGES, `/task?id=${name}`, `/batch?id=${id}`, `/tasks?text=${name}`]) {
    await visitor.page.goto(`${farm.client.url}/ui${path}`);
    await visitor.page.keyboard.press("r");
    assertEquals(await visitor.page.locator("main img, main script").count(), 0);
  }
  await visitor.page.goto(`${farm.client.url}/ui/task?id=${name}`);
  await visitor.sees(evil);
  await visitor.leave();
});

browserTest("everything can be done by keyboard, and in Spanish", { capacities: [1] }, async (
  farm,
  browser,
) => {
  const visitor = await Visitor.arrive(browser, { locale: "es-CL" });
  const { page } = visitor;
  await page.goto(`${farm.client.url}/`);
  await visitor.sees("Tareas por estado");
  assertEquals(await page.locator("html").getAttribute("lang"), "es");
  await page.locator("#live[data-state=connected]").waitFor();
  await visitor.sees("En vivo");
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Atajos de teclado" }).waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("/");
  await page.keyboard.type("nada");
  await page.keyboard.press("Enter");
  await page.waitForURL(/text=nada/);
  await visitor.sees("Ninguna tarea coincide.");
  await page.getByRole("link", { name: "English" }).click();
  await visitor.sees("No task matches.");
  assertMatch(page.url(), /text=nada/);
  await visitor.leave();
});

browserTest("pages are complete without any script", { capacities: [1] }, async (farm, browser) => {
  await farm.drop("some.json", [tiny("a")]);
  await farm.finished("some.json");
  const visitor = await Visitor.arrive(browser, { javaScriptEnabled: false });
  const { page } = visitor;
  await page.goto(`${farm.client.url}/`);
  await page.getByRole("link", { name: /^Completed/ }).click();
  await page.getByRole("link", { name: "a", exact: true }).click();
  await page.getByRole("button", { name: "Run again" }).click();
  await visitor.sees("1 task runs again.");
  await farm.until(async () => {
    const task = await farm.client.get<{ status: string; attempts: unknown[] }>("/tasks/a");
    return task.status === "completed" && task.attempts.length === 2;
  });
  await visitor.leave();
});
