import { assert, assertEquals, assertMatch } from "@std/assert";
import { Hono } from "hono";
import { type Access, LOOPBACK_ACCESS } from "./access.ts";
import { FailureLimit } from "./failure_limit.ts";
import { callerRole, guard } from "./guard.ts";
import { Sessions } from "./sessions.ts";

const TOKENS = {
  operator: "an-operators-token-of-some-length",
  viewer: "a-viewers-token-of-length",
};
const CLOSED: Access = { ...LOOPBACK_ACCESS, tokens: TOKENS };
const STRICT = ["content-security-policy", "x-content-type-options", "x-frame-options"];

/** An app behind the guard, asked as from an address. */
function guarded(access: Access, { sessions = null as Sessions | null } = {}) {
  const app = new Hono();
  const failures = new FailureLimit({ burst: 3, refillMs: 60_000 });
  guard(app, { access, sessions, failures, openPaths: ["/login"], loginPath: "/login" });
  app.get("/login", (c) => c.text("sign in here"));
  app.get("/health", (c) => c.json({ status: "healthy", version: "1", workers: 7 }));
  app.all("/thing", (c) => c.text(callerRole(c)));
  app.get("/fails", () => {
    throw new Error("secret of the house");
  });
  app.onError(() => new Response("failed", { status: 500 }));
  const ask = async (
    path: string,
    headers: Record<string, string> = {},
    { method = "GET", from = "10.0.0.1" } = {},
  ) =>
    await app.request(path, { method, headers: { host: "localhost:5000", ...headers } }, {
      remoteAddr: { transport: "tcp", hostname: from, port: 1 },
    });
  return { ask };
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

Deno.test("guard() lets everybody of this machine do everything without a token", async () => {
  const { ask } = guarded(LOOPBACK_ACCESS);
  for (
    const host of [
      "localhost",
      "LOCALHOST:5000",
      "127.0.0.1:5000",
      "127.3.2.1",
      "[::1]:5000",
      "farm.localhost:5000",
      "localhost.:5000",
    ]
  ) {
    const response = await ask("/thing", { host }, { method: "POST" });
    assertEquals([response.status, await response.text()], [200, "operator"], host);
  }
});

Deno.test("guard() refuses other names without a token, and takes them with one", async () => {
  const names = [
    "evil.example",
    "127.0.0.1.evil.example:5000",
    "localhost.evil.example",
    "evil.example#@localhost",
    "localhost@evil.example",
    "192.168.1.5",
    "",
    "a b",
  ];
  const { ask } = guarded(LOOPBACK_ACCESS);
  for (const host of names) {
    const response = await ask("/thing", { host });
    assertEquals([response.status, (await response.json()).code], [421, "foreign_host"], host);
  }
  const bound = guarded({ ...LOOPBACK_ACCESS, host: "127.0.0.53" });
  assertEquals((await bound.ask("/thing", { host: "127.0.0.53" })).status, 200);
  const insecure = guarded({ ...LOOPBACK_ACCESS, host: "0.0.0.0", insecure: true });
  assertEquals((await insecure.ask("/thing", { host: "farm.example" })).status, 200);
  const closed = guarded(CLOSED);
  const headers = { host: "farm.example", ...bearer(TOKENS.operator) };
  assertEquals((await closed.ask("/thing", headers)).status, 200);
});

Deno.test("guard() refuses what pages of other sites ask for, and follows their links", async () => {
  const { ask } = guarded(LOOPBACK_ACCESS);
  const foreign: [string, Record<string, string>][] = [
    ["POST", { origin: "http://evil.example" }],
    ["POST", { origin: "null" }],
    ["POST", { origin: "http://localhost:5001" }],
    ["DELETE", { origin: "http://localhost.evil.example:5000" }],
    ["POST", { "sec-fetch-site": "cross-site" }],
    ["POST", { "sec-fetch-site": "same-site", origin: "http://localhost:5000" }],
    ["POST", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }],
    ["GET", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }],
    ["OPTIONS", { origin: "http://evil.example", "access-control-request-method": "POST" }],
  ];
  for (const [method, headers] of foreign) {
    const response = await ask("/thing", headers, { method });
    assertEquals(response.status, 403, JSON.stringify(headers));
    assertEquals(response.headers.get("access-control-allow-origin"), null);
  }
  const own: [string, Record<string, string>][] = [
    ["POST", {}],
    ["POST", { origin: "http://localhost:5000" }],
    ["POST", { "sec-fetch-site": "same-origin", origin: "https://name-of-a-proxy.example" }],
    ["GET", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }],
    ["GET", { "sec-fetch-site": "none" }],
  ];
  for (const [method, headers] of own) {
    assertEquals((await ask("/thing", headers, { method })).status, 200, JSON.stringify(headers));
  }
});

Deno.test("guard() tells operators, viewers and strangers apart", async () => {
  const { ask } = guarded(CLOSED);
  const status = async (headers: Record<string, string>, method: string) =>
    (await ask("/thing", headers, { method })).status;
  for (
    const [method, viewer] of [["GET", 200], ["HEAD", 200], ["POST", 403], ["PUT", 403]] as const
  ) {
    assertEquals(await status(bearer(TOKENS.operator), method), 200);
    assertEquals(await status(bearer(TOKENS.viewer), method), viewer, method);
    assertEquals(await status({}, method), 401, method);
  }
  const stranger = await ask("/thing");
  assertEquals(stranger.headers.get("www-authenticate"), 'Bearer realm="Enjambre"');
  assertEquals((await stranger.json()).code, "token_required");
  const wrong = await ask("/thing", bearer("wrong"));
  assertEquals([wrong.status, (await wrong.json()).code], [401, "wrong_token"]);
  assertMatch(wrong.headers.get("www-authenticate")!, /error="invalid_token"/);
  for (
    const authorization of ["Basic abc", TOKENS.operator, "Bearer", `Bearer\t${TOKENS.operator}`]
  ) {
    assertEquals(await status({ authorization }, "GET"), 401, authorization);
  }
});

Deno.test("guard() answers strangers the bare status, and unknown paths like known ones", async () => {
  const { ask } = guarded(CLOSED);
  assertEquals(await (await ask("/health")).json(), { status: "healthy" });
  assertEquals(await (await ask("/health", {}, { method: "HEAD" })).text(), "");
  const known = await (await ask("/health", bearer(TOKENS.viewer))).json();
  assertEquals(known.workers, 7);
  for (const path of ["/nothing", "/health/", "/HEALTH", "//health", "/health%2f"]) {
    assertEquals((await ask(path)).status, 401, path);
  }
  assertEquals((await ask("/health", {}, { method: "POST" })).status, 401);
});

Deno.test("guard() sends browsers of strangers to the page to sign in on", async () => {
  const { ask } = guarded(CLOSED);
  const accept = "text/html,application/xhtml+xml,*/*;q=0.8";
  const response = await ask("/thing?a=1&b=2", { accept });
  assertEquals(response.status, 303);
  assertEquals(response.headers.get("location"), "/login?next=%2Fthing%3Fa%3D1%26b%3D2");
  assertEquals((await ask("/thing", { accept }, { method: "POST" })).status, 401);
  assertEquals((await ask("/thing", { accept: "text/event-stream" })).status, 401);
  assertEquals((await ask("/login")).status, 200);
});

Deno.test("guard() takes a session, which may act from our own pages only", async () => {
  const sessions = new Sessions(TOKENS);
  const { ask } = guarded(CLOSED, { sessions });
  const post = async (cookie: string, headers: Record<string, string>) =>
    (await ask("/thing", { cookie, ...headers }, { method: "POST" })).status;
  // Without a real port, the test's requests have none in their URL.
  const of = (role: "operator" | "viewer") => `farm_session_0=${sessions.issue(role)}`;
  const own = { origin: "http://localhost:5000" };
  assertEquals(await (await ask("/thing", { cookie: of("viewer") })).text(), "viewer");
  assertEquals(await post(of("operator"), own), 200);
  assertEquals(await post(of("operator"), { "sec-fetch-site": "same-origin" }), 200);
  assertEquals(await post(of("operator"), {}), 403);
  assertEquals(await post(of("operator"), { origin: "http://evil.example" }), 403);
  assertEquals(await post(of("viewer"), own), 403);
  assertEquals(await post(`farm_session_0=${TOKENS.operator}`, own), 401);
});

Deno.test("guard() limits wrong tokens by address, and spares who showed a right one", async () => {
  const { ask } = guarded(CLOSED);
  const status = async (token: string, from: string) =>
    (await ask("/thing", bearer(token), { from })).status;
  for (let n = 0; n < 3; n++) assertEquals(await status(`wrong-${n}`, "10.0.0.9"), 401);
  const limited = await ask("/thing", bearer("wrong"), { from: "10.0.0.9" });
  assertEquals([limited.status, limited.headers.get("retry-after")], [429, "60"]);
  assertEquals(await status(TOKENS.operator, "10.0.0.9"), 429);
  assertEquals(await status(TOKENS.operator, "10.0.0.1"), 200);
  for (let n = 0; n < 5; n++) assertEquals(await status("wrong", "10.0.0.1"), 401);
  assertEquals(await status(TOKENS.operator, "10.0.0.1"), 200);
});

Deno.test("guard() gives strict headers to every answer, also to refusals and failures", async () => {
  const { ask } = guarded(CLOSED);
  const operator = bearer(TOKENS.operator);
  for (
    const response of [
      await ask("/thing", operator),
      await ask("/fails", operator),
      await ask("/nothing", operator),
      await ask("/thing"),
      await ask("/health"),
      await ask("/thing", { origin: "null" }, { method: "POST" }),
    ]
  ) {
    for (const name of STRICT) assert(response.headers.has(name), `${response.status} ${name}`);
    assertEquals(response.headers.get("cache-control"), "no-store");
    assertEquals(response.headers.get("server"), null);
    assert(!(await response.text()).includes("secret"));
  }
});
