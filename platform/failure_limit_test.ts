import { assert, assertEquals } from "@std/assert";
import { FailureLimit } from "./failure_limit.ts";

function limitAt(options = {}) {
  const clock = { ms: 0 };
  const limit = new FailureLimit({ burst: 3, refillMs: 1000, now: () => clock.ms, ...options });
  return { clock, limit };
}

Deno.test("waitMs() is 0 until the burst is spent, then the time until the next try", () => {
  const { clock, limit } = limitAt();
  for (let n = 0; n < 3; n++) {
    assertEquals(limit.waitMs("10.0.0.1"), 0);
    limit.failed("10.0.0.1");
  }
  assertEquals(limit.waitMs("10.0.0.1"), 1000);
  assertEquals(limit.waitMs("10.0.0.2"), 0);
  clock.ms = 400;
  assertEquals(limit.waitMs("10.0.0.1"), 600);
  clock.ms = 1000;
  assertEquals(limit.waitMs("10.0.0.1"), 0);
  limit.failed("10.0.0.1");
  assertEquals(limit.waitMs("10.0.0.1"), 1000);
});

Deno.test("succeeded() spares an address for a while", () => {
  const { clock, limit } = limitAt({ trustMs: 5000 });
  limit.succeeded("10.0.0.1");
  for (let n = 0; n < 50; n++) limit.failed("10.0.0.1");
  assertEquals(limit.waitMs("10.0.0.1"), 0);
  clock.ms = 5000;
  for (let n = 0; n < 50; n++) limit.failed("10.0.0.1");
  assert(limit.waitMs("10.0.0.1") > 0);
});

Deno.test("failed() counts a whole /64 of IPv6 as one, and other networks apart", () => {
  const { limit } = limitAt();
  for (const last of ["1", "2", "3"]) limit.failed(`2001:db8:1:2::${last}`);
  assert(limit.waitMs("2001:db8:1:2:ffff::9") > 0);
  assertEquals(limit.waitMs("2001:db8:1:3::1"), 0);
  assertEquals(limit.waitMs("::1"), 0);
});

Deno.test("failed() remembers a bounded number of addresses, the latest", () => {
  const { limit } = limitAt({ addressesMax: 100 });
  for (let n = 0; n < 10_000; n++) {
    for (let tries = 0; tries < 3; tries++) limit.failed(`10.1.${n >> 8}.${n & 255}`);
  }
  assertEquals(limit.size, 100);
  assert(limit.waitMs("10.1.39.15") > 0);
  assertEquals(limit.waitMs("10.1.0.0"), 0);
});
