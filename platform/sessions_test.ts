import { assertEquals, assertNotEquals } from "@std/assert";
import { SESSION_MS, Sessions } from "./sessions.ts";

const TOKENS = {
  operator: "an-operators-token-of-some-length",
  viewer: "a-viewers-token-of-length",
};

Deno.test("roleOf() knows the sessions that issue() made, until they expire", () => {
  const clock = { ms: 1_700_000_000_000 };
  const sessions = new Sessions(TOKENS, { now: () => clock.ms });
  const [operator, viewer] = [sessions.issue("operator"), sessions.issue("viewer")];
  assertNotEquals(operator, sessions.issue("operator"));
  assertEquals([sessions.roleOf(operator), sessions.roleOf(viewer)], ["operator", "viewer"]);
  clock.ms += SESSION_MS - 1;
  assertEquals(sessions.roleOf(operator), "operator");
  clock.ms += 1;
  assertEquals(sessions.roleOf(operator), null);
});

Deno.test("roleOf() outlives a restart and ends with the token", () => {
  const operator = new Sessions(TOKENS).issue("operator");
  const viewer = new Sessions(TOKENS).issue("viewer");
  assertEquals(new Sessions(TOKENS).roleOf(operator), "operator");
  const other = new Sessions({ ...TOKENS, operator: "another-operators-token" });
  assertEquals([other.roleOf(operator), other.roleOf(viewer)], [null, "viewer"]);
  assertEquals(new Sessions({ ...TOKENS, viewer: null }).roleOf(viewer), null);
});

Deno.test("roleOf() refuses every change: role, expiry, signature, form", () => {
  const sessions = new Sessions(TOKENS);
  const viewer = sessions.issue("viewer");
  const [role, expires, nonce, signature] = viewer.split(".");
  const forged = [
    `operator.${expires}.${nonce}.${signature}`,
    `${role}.${Number(expires) + 1}.${nonce}.${signature}`,
    `${role}.${expires}.${nonce}.${signature!.split("").reverse().join("")}`,
    `${role}.${expires}.${nonce}`,
    `${viewer}.`,
    `admin.${expires}.${nonce}.${signature}`,
    "",
    "x".repeat(100_000),
    "__proto__.1.2.3",
  ];
  for (const value of forged) assertEquals(sessions.roleOf(value), null, value.slice(0, 40));
});

Deno.test("end() ends one session and leaves the others", () => {
  const sessions = new Sessions(TOKENS);
  const [mine, other] = [sessions.issue("operator"), sessions.issue("operator")];
  sessions.end(mine);
  sessions.end("nonsense");
  assertEquals([sessions.roleOf(mine), sessions.roleOf(other)], [null, "operator"]);
});
