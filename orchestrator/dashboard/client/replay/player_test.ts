import { assert, assertEquals } from "@std/assert";
import { Player } from "./player.ts";

Deno.test("Player goes through the frames in time, and stops at the last", () => {
  const player = new Player(121);
  player.pass(1000);
  assertEquals(player.position, 0);
  player.toggle();
  player.pass(1000);
  assert(Math.abs(player.position - player.pace) < 1e-9);
  player.speed = 4;
  player.pass(60_000);
  assertEquals([player.position, player.playing], [120, false]);
  player.toggle();
  assertEquals([player.position, player.playing], [0, true]);
});

Deno.test("Player stays within its frames", () => {
  const player = new Player(10);
  player.seek(-5);
  assertEquals(player.position, 0);
  player.seek(99);
  assertEquals(player.position, 9);
  const single = new Player(1);
  single.toggle();
  assertEquals([single.playing, single.position], [false, 0]);
});

Deno.test("Player paces short and long trajectories so that one can follow", () => {
  assertEquals([new Player(5).pace, new Player(5000).pace], [8, 60]);
});
