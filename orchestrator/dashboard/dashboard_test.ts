import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { LOOPBACK_ACCESS } from "../../platform/access.ts";
import { createApi } from "../api/app.ts";
import { apiTest, type ApiUnderTest } from "../api/testing.ts";
import { completedOutcome, failedOutcome, task } from "../listeners/testing.ts";
import { csvCell } from "./export.ts";

const BROWSER = { headers: { accept: "text/html,application/xhtml+xml" } };
const PAGES = ["", "/tasks", "/batches", "/workers", "/errors", "/submit", "/bulk?action=retry"];

async function page(api: ApiUnderTest, path: string, init: RequestInit = BROWSER) {
  const response = await api.request(path, init);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

function form(fields: Record<string, string>): RequestInit {
  return {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { "sec-fetch-site": "same-origin" },
  };
}

apiTest("Pages answer whole, in both languages, under a policy without inline script", {
  connected: ["worker-01"],
}, async (api) => {
  for (const path of PAGES) {
    for (const language of ["en", "es"]) {
      const headers = { ...BROWSER.headers, "accept-language": language };
      const { status, headers: got, text } = await page(api, `/ui${path}`, { headers });
      assertEquals(status, 200, path);
      assertMatch(text, new RegExp(`^<!DOCTYPE html><html lang="${language}"`));
      assert(!/\son\w+="|<script>|style="|undefined|\[object/.test(text), path);
      const policy = got.get("content-security-policy")!;
      assertStringIncludes(policy, "script-src 'self'");
      assert(!policy.includes("unsafe"), policy);
    }
  }
});

apiTest("GET / is a page for browsers and a list of calls for programs", {
  connected: [],
}, async (api) => {
  assertStringIncludes((await page(api, "/")).text, "<h1>Overview</h1>");
  assertStringIncludes((await page(api, "/?lang=es")).text, "<h1>Resumen</h1>");
  const { calls } = await api.get("/");
  assert(calls.includes("GET /stats") && !calls.some((call: string) => call.includes("/ui")));
});

apiTest("Overview holds the numbers of /stats in its first HTML", {
  script: (ref) => ref.task_id === "bad" ? failedOutcome(ref) : completedOutcome(ref),
}, async (api) => {
  await api.farm.drop("one.json", [task("a"), task("b"), task("bad")]);
  await api.farm.untilCount("completed", 2);
  await api.farm.untilCount("failed", 1);
  const { text } = await page(api, "/ui");
  assertStringIncludes(text, 'data-stat="tasks_summary.completed" data-format="number">2<');
  assertStringIncludes(text, 'data-stat="tasks_summary.failed" data-format="number">1<');
  assertStringIncludes(text, "It broke");
});

const HOSTILE = `"><script>window.pwned=1</script><img src=x onerror=alert(1)>`;

apiTest("Names, descriptions and errors are text, whatever stands in them", {
  script: (ref) => failedOutcome(ref, `Failed: ${HOSTILE}`),
}, async (api) => {
  const hostile = task(`${HOSTILE}../%2e`, { description: HOSTILE, note: HOSTILE });
  await api.farm.drop("evil <b>.json", [hostile]);
  await api.farm.untilCount("failed", 1);
  const [batch] = await api.get("/batches");
  const id = encodeURIComponent(`${HOSTILE}../%2e`);
  for (
    const path of [
      "",
      "/tasks",
      `/task?id=${id}`,
      `/task?id=${id}&with=${id}`,
      `/tasks?text=${encodeURIComponent(HOSTILE)}`,
      `/batch?id=${encodeURIComponent(batch.id)}`,
      `/report?id=${encodeURIComponent(batch.id)}`,
      "/batches",
      "/errors",
      `/task?id=${encodeURIComponent(HOSTILE)}`,
    ]
  ) {
    const { text } = await page(api, `/ui${path}`);
    assert(!text.includes("<script>window") && !text.includes("<img"), path);
    assert(!text.includes("evil <b>"), path);
  }
});

apiTest("Buttons cancel, run again and drain, and lead back to a page", {
  script: (ref) => ref.task_id === "kept" ? null : failedOutcome(ref),
}, async (api) => {
  await api.farm.drop("one.json", [task("kept"), task("bad")]);
  await api.farm.untilCount("failed", 1);
  api.farm.script = completedOutcome;
  const retried = await page(api, "/ui/task/retry", form({ id: "bad" }));
  assertEquals([retried.status, retried.headers.get("location")], [
    303,
    "/ui/task?id=bad&done=retry",
  ]);
  await api.farm.untilCount("completed", 1);
  const cancelled = await page(api, "/ui/task/cancel", form({ id: "kept" }));
  assertEquals(cancelled.status, 303);
  await api.farm.untilCount("cancelled", 1);
  assertStringIncludes((await page(api, "/ui/task?id=kept&done=cancel")).text, "was cancelled");
  await page(api, "/ui/worker/drain", form({ id: "worker-01", drain: "true" }));
  assertStringIncludes((await page(api, "/ui/workers")).text, "Draining");
});

apiTest("Bulk actions say how many first, then change exactly those", {
  script: failedOutcome,
}, async (api) => {
  await api.farm.drop("one.json", [task("x1"), task("x2"), task("y")]);
  await api.farm.untilCount("failed", 3);
  const question = await page(api, "/ui/bulk?action=retry&text=x");
  assertStringIncludes(question.text, "2 tasks that match this filter");
  api.farm.script = completedOutcome;
  const done = await page(api, "/ui/bulk", form({ action: "retry", text: "x" }));
  assertEquals(done.headers.get("location"), "/ui/tasks?text=x&done=retry&n=2");
  await api.farm.untilCount("completed", 2);
  assertEquals((await api.farm.store.counts()).status.failed, 1);
});

apiTest("A page of another site presses no button", { script: () => null }, async (api) => {
  await api.farm.drop("one.json", [task("kept")]);
  await api.farm.untilStatus("kept", "assigned");
  const init = {
    ...form({ id: "kept" }),
    headers: { "sec-fetch-site": "cross-site", origin: "https://evil.example" },
  };
  const { status } = await page(api, "/ui/task/cancel", init);
  assert(status >= 400, String(status));
  assertEquals((await api.farm.store.counts()).status.cancelled, 0);
});

apiTest("Exports hold every task of the filter", { script: completedOutcome }, async (api) => {
  await api.farm.drop("one.json", [task("a,b"), task('=1+"x"'), task("c")]);
  await api.farm.untilCount("completed", 3);
  const csv = await page(api, "/ui/tasks.csv?status=completed");
  assertStringIncludes(csv.headers.get("content-disposition")!, "attachment");
  const lines = csv.text.trimEnd().split("\r\n");
  assertEquals(lines.length, 4);
  assert(lines.some((line) => line.startsWith('"a,b",completed')));
  assert(lines.some((line) => line.startsWith(`"'=1+""x""",completed`)));
  const json = JSON.parse((await page(api, "/ui/tasks.json?text=c")).text);
  assertEquals(json.map(({ task_id }: { task_id: string }) => task_id), ["c"]);
});

Deno.test("csvCell() quotes what must be, and lets no formula through", () => {
  assertEquals([null, 5, "a", 'a"b', "a\nb", "@x", "-1"].map(csvCell), [
    "",
    "5",
    "a",
    '"a""b"',
    '"a\nb"',
    "'@x",
    "'-1",
  ]);
});

apiTest("A batch's report stands alone", { script: completedOutcome }, async (api) => {
  await api.farm.drop("one.json", [task("a"), task("b")]);
  await api.farm.untilCount("completed", 2);
  const { text, headers } = await page(api, "/ui/report?id=one.json");
  assertMatch(headers.get("content-disposition")!, /^attachment; filename="report_[\w.-]+\.html"$/);
  assert(!/(src|href)="/.test(text), "It must load nothing");
  assertStringIncludes(text, "<style>");
  assertStringIncludes(text, "2 of 2");
});

apiTest("A text handed in becomes a file, or is refused beside the form", {
  connected: [],
}, async (api) => {
  const text = JSON.stringify({ tasks: [task("a")] });
  const taken = await page(api, "/ui/submit", form({ text, name: "mine.json" }));
  assertEquals(taken.headers.get("location"), "/ui/batches?done=submit&n=1");
  const refused = await page(api, "/ui/submit", form({ text: `{"tasks":[{"task_id":"<b>"}]}` }));
  assertEquals(refused.status, 400);
  assertStringIncludes(refused.text, "tasks[0]");
  assert(!refused.text.includes("<b>"));
  const body = `{"tasks": [${JSON.stringify(task("p"))}, {}]}`;
  const check = await api.post("/ui/submit/check", JSON.parse(body));
  assert(check.errors_total > 0);
  assertMatch(check.errors[0].path, /^tasks\[1\]/);
});

apiTest("Preferences are kept, and lead back to a page of ours only", {
  connected: [],
}, async (api) => {
  for (
    const [back, target] of [
      ["/ui/tasks?status=failed", "/ui/tasks?status=failed"],
      ["https://evil.example", "/ui"],
      ["//evil.example", "/ui"],
      ["/ui/../../evil\\x", "/ui"],
      ["/uix", "/ui"],
    ] as const
  ) {
    const query = new URLSearchParams({ lang: "es", theme: "dark", back });
    const { headers } = await page(api, `/ui/preferences?${query}`);
    assertEquals(headers.get("location"), target, back);
    assertMatch(headers.get("set-cookie")!, /lang=es.*theme=dark/);
  }
  const headers = { ...BROWSER.headers, cookie: "lang=es; theme=dark" };
  assertMatch((await page(api, "/ui", { headers })).text, /<html lang="es" data-theme="dark"/);
});

apiTest("What is not there, or wrong, is a page that says so", { connected: [] }, async (api) => {
  for (
    const [path, status] of [
      ["/ui/task?id=nothing", 404],
      ["/ui/batch?id=nothing", 404],
      ["/ui/tasks?status=sleeping", 400],
    ] as const
  ) {
    const found = await page(api, path);
    assertEquals(found.status, status, path);
    assertStringIncludes(found.text, "<h1>This did not work</h1>");
  }
  const nothing = await page(api, "/ui/nothing%3Cb%3E?lang=es");
  assertEquals(nothing.status, 404);
  assertStringIncludes(nothing.text, "<h1>Esa página no existe</h1>");
  assert(!nothing.text.includes("<b>"));
  assertEquals((await api.problem("/ui/nothing")).code, "not_found");
  assertEquals((await api.problem("/nothing", BROWSER)).code, "not_found");
  assertEquals((await page(api, "/ui/")).headers.get("location"), "/ui");
});

apiTest("Who may only look sees every button, switched off, and why", {
  script: failedOutcome,
}, async (api) => {
  await api.farm.drop("one.json", [task("a")]);
  await api.farm.untilCount("failed", 1);
  const tokens = {
    operator: "an-operators-token-of-some-length",
    viewer: "a-viewers-token-of-length",
  };
  const app = createApi(api.farm, api.listeners, { ...LOOPBACK_ACCESS, tokens });
  const see = async (path: string, token: string) => {
    const headers = { ...BROWSER.headers, authorization: `Bearer ${token}` };
    return await (await app.request(`/ui${path}`, { headers })).text();
  };
  for (const path of ["/task?id=a", "/tasks", "/errors", "/workers", "/bulk?action=retry"]) {
    const operators = await see(path, tokens.operator);
    assert(!operators.includes("disabled") && !operators.includes('id="looking"'), path);
    const viewers = await see(path, tokens.viewer);
    assertMatch(viewers, /<button [^>]*disabled="" aria-describedby="looking"/, path);
    assertStringIncludes(viewers, 'id="looking">You are looking');
    assert(!viewers.includes('href="/ui/bulk'), path);
  }
  assert(!(await see("/submit", tokens.viewer)).includes("<textarea"));
  assertStringIncludes(await see("/submit", tokens.operator), "<textarea");
});

apiTest("A waiting task says why in the reader's language", { connected: [] }, async (api) => {
  await api.farm.drop("one.json", [task("a")]);
  await api.farm.untilCount("pending", 1);
  assertStringIncludes((await page(api, "/ui/task?id=a")).text, "no worker is connected");
  const spanish = await page(api, "/ui/task?id=a&lang=es");
  assertStringIncludes(spanish.text, "En espera: no hay ningún worker conectado");
});

apiTest("Assets are kept for ever and asked for once", { connected: [] }, async (api) => {
  const { text } = await page(api, "/ui");
  const urls = [...text.matchAll(/(?:src|href)="(\/ui\/assets\/[^"]+)"/g)].map(([, url]) => url!);
  assertEquals(urls.length, 3);
  for (const url of urls) {
    const asset = await page(api, url);
    assertEquals(asset.status, 200);
    assertStringIncludes(asset.headers.get("cache-control")!, "immutable");
    const headers = { "if-none-match": asset.headers.get("etag")! };
    assertEquals((await page(api, url, { headers })).status, 304);
  }
});
