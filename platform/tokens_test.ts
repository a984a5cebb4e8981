import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { join } from "node:path";
import { UsageError } from "./arguments.ts";
import { Settings } from "./settings.ts";
import { bearerOf, checkExposure, newToken, readTokens, roleOf } from "./tokens.ts";

const NONE = new Settings({});
const LONG = "an-operators-token-of-some-length";
const OTHER = "a-viewers-token-of-some-length";

Deno.test("readTokens() makes a file that is not there, for its owner alone, and reads it again", async () => {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "token");
  const made = readTokens(NONE, path)!;
  assert(made.operator.length >= 43);
  assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
  assertEquals(readTokens(NONE, path), made);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("readTokens() takes FARM_TOKEN, and null when there is none", () => {
  assertEquals(readTokens(NONE, undefined), null);
  assertEquals(readTokens(new Settings({ FARM_TOKEN: LONG }), undefined), {
    operator: LONG,
    viewer: null,
  });
});

Deno.test("readTokens() refuses what is too short, the same for both, and a folder", async () => {
  const folder = await Deno.makeTempDir();
  for (
    const [settings, file] of [
      [{ FARM_TOKEN: "short" }, undefined],
      [{ FARM_TOKEN: `${LONG} with spaces` }, undefined],
      [{ FARM_VIEWER_TOKEN: OTHER }, undefined],
      [{ FARM_TOKEN: LONG, FARM_VIEWER_TOKEN: LONG }, undefined],
      [{}, folder],
    ] as const
  ) {
    assertThrows(() => readTokens(new Settings(settings), file), UsageError);
  }
  await Deno.remove(folder);
});

Deno.test("roleOf() tells operators, viewers and strangers apart", () => {
  const tokens = { operator: LONG, viewer: OTHER };
  assertEquals(roleOf(tokens, LONG), "operator");
  assertEquals(roleOf(tokens, OTHER), "viewer");
  for (const wrong of ["", LONG.slice(1), `${LONG}x`, LONG.toUpperCase()]) {
    assertEquals(roleOf(tokens, wrong), null);
  }
  assertEquals(roleOf({ operator: LONG, viewer: null }, ""), null);
});

Deno.test("newToken() never makes the same twice", () => assertNotEquals(newToken(), newToken()));

Deno.test("bearerOf() reads the header and nothing that only looks like it", () => {
  const read = (authorization: string) => bearerOf(new Headers({ authorization }));
  assertEquals(read(`Bearer ${LONG}`), LONG);
  assertEquals(read(`bearer ${LONG}`), LONG);
  for (const wrong of [LONG, `Basic ${LONG}`, "Bearer", "Bearer a b"]) {
    assertEquals(read(wrong), null);
  }
  assertEquals(bearerOf(new Headers()), null);
});

Deno.test("checkExposure() lets nobody open a farm to the network by accident", () => {
  const tokens = { operator: LONG, viewer: null };
  for (const host of ["127.0.0.1", "127.9.9.9", "localhost", "::1"]) {
    checkExposure(host, { tokens: null, insecure: false });
  }
  for (const host of ["0.0.0.0", "::", "192.168.1.5", "127.0.0.1.evil.example"]) {
    const error = assertThrows(
      () => checkExposure(host, { tokens: null, insecure: false }),
      UsageError,
      "--insecure",
    );
    assert(error.message.includes("--token-file"));
    checkExposure(host, { tokens, insecure: false });
    checkExposure(host, { tokens: null, insecure: true });
  }
});
