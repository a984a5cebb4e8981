/**
 * Runs one simulated world from its seed to its end, and says what was violated.
 *
 * @module
 */
import { planFaults } from "./faults.ts";
import { planLies } from "./liar.ts";
import type { SimTask } from "./tasks.ts";
import { planUsers } from "./users.ts";
import { World, type WorldOptions } from "./world.ts";

/** The books and the store are compared this often, ms. */
const COMPARE_MS = 5000;

export interface Report {
  readonly seed: number;
  readonly violations: readonly string[];
  /** Of the whole trace: equal for equal worlds. */
  readonly hash: string;
  readonly lastLines: readonly string[];
  readonly tasks: number;
  readonly results: number;
  readonly commits: number;
  readonly restarts: number;
  /** Virtual time from the last fault until all tasks had ended. */
  readonly settledMs: number;
}

export async function simulate(options: WorldOptions): Promise<Report> {
  const world = new World(options);
  const { kernel, ledger } = world;
  const faultsMs = kernel.chance.oneOf([10_000, 40_000, 90_000]);
  planUsers(world, faultsMs);
  planFaults(world, faultsMs);
  planLies(world, faultsMs);
  compareAgain(world);
  world.start();
  await kernel.run(faultsMs);
  if (kernel.violations.length === 0) {
    kernel.trace("no more faults");
    world.heal();
  }
  const boundMs = settleBoundMs(world);
  await kernel.run(faultsMs + boundMs, () => world.isAtRest);
  if (kernel.violations.length === 0) await checkEnd(world, boundMs);
  return {
    seed: options.seed,
    violations: kernel.violations,
    hash: kernel.hash,
    lastLines: kernel.lastLines,
    tasks: ledger.tasks.size + ledger.removed,
    results: ledger.results,
    commits: ledger.commits,
    restarts: world.orchestrator.lives - 1,
    settledMs: kernel.nowMs - faultsMs,
  };
}

function compareAgain(world: World): void {
  world.kernel.after(COMPARE_MS, () => {
    void world.ledger.compare(world.store);
    compareAgain(world);
  });
}

async function checkEnd(world: World, boundMs: number): Promise<void> {
  const { kernel, ledger } = world;
  await ledger.compare(world.store);
  if (kernel.violations.length > 0) return;
  if (world.isAtRest) return await removeAll(world);
  const open = [...ledger.tasks].filter(([, { status }]) =>
    status !== "completed" && status !== "failed" && status !== "cancelled"
  ).map(([id, { attempt, status }]) => `${id}#${attempt} ${status}`);
  const held = [...world.sites.values()].map(({ machine }) => `${machine.id}: ${machine.held}`);
  const state = world.orchestrator.scheduler?.state;
  const believed = [...state?.workers.values() ?? []].map((worker) =>
    `${worker.id}: ${[...worker.held].map(([id, { attempt }]) => `${id}#${attempt}`).join(" ")}`
  );
  kernel.violate(
    `I5: not at rest ${Math.round(boundMs / 1000)} s after the last fault: ` +
      `open ${open.join(", ")}; held ${held.join(", ")}; believed ${believed.join(", ")}; ` +
      `dropped ${[...world.folder.dropped.keys()].join(", ")}; window ${state?.window.size}`,
  );
}

/** In the end all tasks are old: they leave in steps, and the books are right after each. */
async function removeAll({ kernel, ledger, store }: World): Promise<void> {
  const limit = kernel.chance.whole(1, 20);
  let cursor: string | null | undefined;
  while (cursor !== null && kernel.violations.length === 0) {
    const options = cursor === undefined ? {} : { cursor };
    const { next } = await store.removeEnded({ before: Infinity, limit, ...options });
    await ledger.noteRemoved(store);
    await ledger.compare(store);
    cursor = next;
  }
  if (ledger.tasks.size > 0) kernel.violate(`${ledger.tasks.size} ended tasks stay for ever`);
}

/**
 * When everything must have ended, after the last fault: as if one slot of the healthy worker did
 * all attempts that the budgets allow, one after the other, and every pause was as long as it can be.
 */
function settleBoundMs({ tasks, policy, sites }: World): number {
  const attempts = policy.retriesMax + policy.crashesMax + 1;
  const wedged = [...sites.values()].filter((site) => site.isWedgedForGood).length;
  let boundMs = attempts * (policy.backoffMaxMs + 2 * policy.silenceMaxMs) + 4 * policy.stallMs +
    60_000;
  // A machine that starts nothing wastes that much each time, and rests for longer and longer.
  boundMs += wedged * 10 * policy.stallMs;
  for (const task of tasks.values()) {
    const oneMs = lengthMs(task, policy.stallMs);
    boundMs += task.behaviour === "ok" ? 2 * oneMs : attempts * oneMs;
  }
  return boundMs;
}

function lengthMs({ behaviour, runMs }: SimTask, stallMs: number): number {
  if (behaviour === "hang") return stallMs + 1000;
  // The worker has to come back first.
  return behaviour === "poison" ? runMs + 4000 : runMs + 50;
}
