import { assertEquals } from "@std/assert";
import { ThreadGrant } from "./thread_grant.ts";

function granted(grant: ThreadGrant, busy: number): number {
  grant.share(busy);
  return new Int32Array(grant.memory)[0]!;
}

Deno.test("ThreadGrant shares the slots out among those that are busy", () => {
  const grant = new ThreadGrant({ capacity: 8, cores: 16 });
  assertEquals([0, 1, 2, 3, 4, 5, 8].map((busy) => granted(grant, busy)), [8, 8, 4, 2, 2, 1, 1]);
});

Deno.test("ThreadGrant never grants more than the machine has, or the setting allows", () => {
  const small = new ThreadGrant({ capacity: 64, cores: 2 });
  assertEquals([1, 2, 64].map((busy) => granted(small, busy)), [2, 1, 1]);
  const limited = new ThreadGrant({ capacity: 8, cores: 8, threadsPerTask: 3 });
  assertEquals([1, 2, 3].map((busy) => granted(limited, busy)), [3, 3, 2]);
  assertEquals(granted(new ThreadGrant({ capacity: 8, cores: 8, threadsPerTask: 1 }), 1), 1);
});
