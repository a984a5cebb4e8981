import { assert, assertEquals, assertMatch } from "@std/assert";
import { DiskWatch } from "./disk_watch.ts";

Deno.test("DiskWatch says that there is too little room, and when there is enough again", async () => {
  const folder = await Deno.makeTempDir();
  const impossible = new DiskWatch({ folders: [folder], freeMinBytes: 2 ** 60 });
  await impossible.look();
  assertMatch(impossible.problem!, /^Only \d+ MiB are free for .*DISK_FREE_MIN_MB/);
  assert(impossible.freeBytes! > 0);
  const modest = new DiskWatch({ folders: [folder], freeMinBytes: 1 });
  await modest.look();
  assertEquals(modest.problem, null);
  await Deno.remove(folder);
});

Deno.test("DiskWatch passes over folders that are not there yet", async () => {
  const watch = new DiskWatch({ folders: ["no/such/folder"], freeMinBytes: 2 ** 60 });
  await watch.look();
  assertEquals([watch.problem, watch.freeBytes], [null, null]);
});

Deno.test("DiskWatch tells once that the room is too little, and once that it is not any more", async () => {
  const folder = await Deno.makeTempDir();
  const told: boolean[] = [];
  const watch = new DiskWatch({
    folders: [folder],
    freeMinBytes: 2 ** 60,
    changed: (problem) => told.push(problem !== null),
  });
  for (let i = 0; i < 3; i++) await watch.look();
  await Deno.remove(folder);
  for (let i = 0; i < 3; i++) await watch.look();
  assertEquals(told, [true, false]);
});
