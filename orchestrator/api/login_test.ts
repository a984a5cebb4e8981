import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { FailureLimit } from "../../platform/failure_limit.ts";
import { Sessions } from "../../platform/sessions.ts";
import { loginRoutes } from "./login.ts";

const TOKENS = {
  operator: "an-operators-token-of-some-length",
  viewer: "a-viewers-token-of-length",
};

function login({ closed = true } = {}) {
  const tokens = closed ? TOKENS : null;
  const sessions = tokens && new Sessions(tokens);
  const failures = new FailureLimit({ burst: 2, refillMs: 30_000 });
  const app = loginRoutes({ tokens, sessions, failures });
  return {
    sessions,
    get: async (path: string, headers: Record<string, string> = {}) =>
      await app.request(path, { headers }),
    post: async (fields: Record<string, string>, url = "/login", headers = {}) =>
      await app.request(url, { method: "POST", body: new URLSearchParams(fields), headers }),
  };
}

Deno.test("GET /login is a page that needs no script, in the reader's language", async () => {
  const { get } = login();
  const response = await get("/login?next=/ui");
  const text = await response.text();
  assertEquals(response.status, 200);
  assertStringIncludes(text, '<form method="post" action="/login">');
  assertStringIncludes(text, 'name="next" value="/ui"');
  assert(!text.includes("<script"));
  assertMatch(response.headers.get("content-security-policy")!, /style-src 'sha256-[\w+/]{43}='/);
  for (
    const [headers, language] of [
      [{ "accept-language": "es-CL,en;q=0.5" }, "es"],
      [{ "accept-language": "fr, es;q=0.8, en;q=0.9" }, "en"],
      [{ cookie: "lang=es" }, "es"],
      [{}, "en"],
    ] as [Record<string, string>, string][]
  ) assertStringIncludes(await (await get("/login", headers)).text(), `<html lang="${language}">`);
});

Deno.test("POST /login sets a cookie that scripts and other sites cannot have", async () => {
  const { post, sessions } = login();
  const response = await post({ token: ` ${TOKENS.operator}\n`, next: "/ui/tasks?status=failed" });
  assertEquals([response.status, response.headers.get("location")], [
    303,
    "/ui/tasks?status=failed",
  ]);
  const cookie = response.headers.get("set-cookie")!;
  assertMatch(cookie, /^farm_session_0=[^;]+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
  assertEquals(sessions!.roleOf(/=([^;]+)/.exec(cookie)![1]!), "operator");
  const viewer = await post({ token: TOKENS.viewer }, "https://farm.example:5000/login");
  const secure = viewer.headers.get("set-cookie")!;
  assertMatch(secure, /^__Host-farm_session_5000=viewer\..*; Secure; SameSite=Strict$/);
});

Deno.test("POST /login leads to paths of this farm only", async () => {
  for (
    const [next, location] of [
      ["https://evil.example/", "/"],
      ["//evil.example", "/"],
      ["/\\evil.example", "/"],
      ["/..//evil.example", "/"],
      ["javascript:alert(1)", "/"],
      ["\t//evil.example", "/"],
      ["", "/"],
      ["ui", "/ui"],
      ["/a\r\nSet-Cookie: x=y", "/aSet-Cookie:%20x=y"],
      ['/"><script>', "/%22%3E%3Cscript%3E"],
    ] as const
  ) {
    const response = await login().post({ token: TOKENS.operator, next });
    assertEquals(response.headers.get("location"), location, next);
    const page = await (await login().get(`/login?next=${encodeURIComponent(next)}`)).text();
    assert(!page.includes("evil") && !page.includes("<script"), page);
  }
});

Deno.test("POST /login refuses wrong tokens, counts them, and repeats none of them", async () => {
  const { post } = login();
  for (const fields of [{ token: "<wrong>" }, {}] as Record<string, string>[]) {
    const response = await post(fields);
    const text = await response.text();
    assertEquals([response.status, response.headers.get("set-cookie")], [401, null]);
    assertStringIncludes(text, 'role="alert"');
    assert(!text.includes("wrong&gt;") && !text.includes("<wrong>"));
  }
  const limited = await post({ token: TOKENS.operator });
  assertEquals([limited.status, limited.headers.get("retry-after")], [429, "30"]);
  const large = await login().post({ token: "x".repeat(100_000) });
  assertEquals(large.status, 413);
});

Deno.test("POST /logout ends the session for good", async () => {
  const { post, get, sessions } = login();
  const value = sessions!.issue("operator");
  const cookie = `farm_session_0=${value}`;
  assertStringIncludes(await (await get("/login?next=/ui", { cookie })).text(), '<a href="/ui">');
  const response = await post({}, "/logout", { cookie });
  assertEquals([response.status, response.headers.get("location")], [303, "/login"]);
  assertMatch(response.headers.get("set-cookie")!, /^farm_session_0=; Max-Age=0; Path=\//);
  assertEquals(sessions!.roleOf(value), null);
});

Deno.test("a farm without tokens has nothing to sign in to", async () => {
  const { get, post } = login({ closed: false });
  assertEquals((await get("/login?next=/ui")).headers.get("location"), "/ui");
  const response = await post({ token: "anything" });
  assertEquals([response.status, response.headers.get("set-cookie")], [303, null]);
});
