/**
 * A worker that says what it likes: results of tasks it never had, under numbers that do not exist,
 * with contents that are wrong, and lists of attempts that nobody gave it.
 *
 * @module
 */
import type { AttemptRef, StreamLine } from "../../contract/wire.ts";
import type { Chance } from "./chance.ts";
import { completed } from "./running.ts";
import type { Site, World } from "./world.ts";

/** Plans the lies of the world's liars. */
export function planLies(world: World, untilMs: number): void {
  for (const site of world.sites.values()) if (site.isLiar) lieAgain(world, site, untilMs);
}

function lieAgain(world: World, site: Site, untilMs: number): void {
  const { kernel } = world;
  kernel.after(kernel.chance.between(50, 3000), () => {
    if (kernel.nowMs > untilMs) return;
    if (kernel.chance.happens(0.03)) site.machine.stream?.misspeak();
    else site.machine.stream?.send(drawLie(world, site));
    lieAgain(world, site, untilMs);
  });
}

function drawLie(world: World, { capacity }: Site): StreamLine {
  const { chance } = world.kernel;
  const refs = Array.from({ length: chance.whole(1, 3) }, () => drawRef(world, chance));
  if (chance.happens(0.2)) {
    return {
      type: "heartbeat",
      capacity,
      draining: chance.happens(0.2),
      holds: refs,
      cpu: null,
      memory_bytes: null,
    };
  }
  if (chance.happens(0.2)) {
    const running = refs.map((ref) => ({
      ...ref,
      started_at: 1,
      steps_completed: chance.whole(0, 9),
      steps_total: 1,
    }));
    return { type: "progress", running };
  }
  const outcomes = refs.map((ref) => {
    const base = { ...ref, started_at: null, ended_at: 0, execution_ms: chance.between(0, 9999) };
    const output = chance.happens(0.5) ? "a lie" : undefined;
    return chance.happens(0.7)
      ? { ...base, ...completed(ref.task_id, output) }
      : { ...base, status: chance.oneOf(["cancelled", "returned"] as const) };
  });
  return { type: "outcomes", outcomes } as StreamLine;
}

function drawRef({ tasks }: World, chance: Chance): AttemptRef {
  const known = tasks.size > 0 && chance.happens(0.9);
  return {
    task_id: known ? chance.oneOf([...tasks.keys()]) : "never heard of",
    attempt: chance.whole(1, 5),
  };
}
