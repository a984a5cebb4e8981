import { assertEquals } from "@std/assert";
import type { Counts } from "../store/store.ts";
import { FarmWatch } from "./farm_watch.ts";

/** A watch over a queue and a disk that the test sets. */
function watched() {
  const world = { waiting: 0, freeBytes: 1e12, minutes: 0 };
  const told: unknown[] = [];
  const watch = new FarmWatch({
    notifier: { tell: (event) => told.push(event) },
    store: {
      counts: () =>
        Promise.resolve({ status: { pending: world.waiting, redistributed: 0 } } as Counts),
    },
    disk: {
      look: () => Promise.resolve(),
      get freeBytes() {
        return world.freeBytes;
      },
    },
    stuckMinutes: 15,
    diskLowMb: 1000,
    now: () => world.minutes * 60_000,
  });
  const look = async (changes: Partial<typeof world>) => {
    Object.assign(world, changes);
    await watch.look();
    return told.splice(0);
  };
  return { watch, look };
}

const ENDED = [{ kind: "task", ended: { outcome: "completed" } }] as unknown as Parameters<
  FarmWatch["committed"]
>[0];
const LOST = [{ kind: "task", ended: { outcome: "lost" } }] as unknown as typeof ENDED;

Deno.test("FarmWatch tells of a stuck queue once, until something ends", async () => {
  const { watch, look } = watched();
  assertEquals(await look({ waiting: 5, minutes: 14 }), []);
  watch.committed(LOST);
  assertEquals(await look({ minutes: 16 }), [{ kind: "queue_stuck", waiting: 5, minutes: 16 }]);
  assertEquals(await look({ minutes: 60 }), []);
  watch.committed(ENDED);
  assertEquals(await look({ minutes: 70 }), []);
  assertEquals(await look({ minutes: 75 }), [{ kind: "queue_stuck", waiting: 5, minutes: 15 }]);
});

Deno.test("FarmWatch does not count the time in which nothing waited", async () => {
  const { look } = watched();
  assertEquals(await look({ waiting: 0, minutes: 600 }), []);
  assertEquals(await look({ waiting: 1, minutes: 601 }), []);
});

Deno.test("FarmWatch tells of a full disk once, until there was room", async () => {
  const { look } = watched();
  assertEquals(await look({ freeBytes: 999.5e6 }), [{ kind: "disk_low", free_mb: 999 }]);
  assertEquals(await look({ freeBytes: 5e6 }), []);
  assertEquals(await look({ freeBytes: 2e9 }), []);
  assertEquals(await look({ freeBytes: 1e6 }), [{ kind: "disk_low", free_mb: 1 }]);
});
