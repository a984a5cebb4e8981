/**
 * Whole farms under seeded chance (fault case F31). `DST_SEEDS=10000` runs more worlds, `DST_FIRST`
 * says where to begin, `DST_SEED=123` runs one again and prints the end of its trace.
 *
 * @module
 */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { type Report, simulate } from "./simulation.ts";
import { openSqliteStorage } from "./sqlite_storage.ts";
import type { Sabotage } from "./world.ts";

const SEEDS = 200;
const SQLITE_SEEDS = 6;
/** Worlds in which a broken promise has to be noticed at least once. */
const SABOTAGED_SEEDS = 40;

function setting(name: string): number | null {
  const text = Deno.env.get(name);
  return text === undefined || text === "" ? null : Number(text);
}

function assertHolds(report: Report): void {
  const { seed, violations, lastLines, hash } = report;
  assert(
    violations.length === 0,
    `Seed ${seed} (DST_SEED=${seed} runs it again, hash ${hash}): ${violations.join("; ")}\n` +
      lastLines.join("\n"),
  );
}

const only = setting("DST_SEED");
const seeds = setting("DST_SEEDS") ?? SEEDS;
const first = setting("DST_FIRST") ?? 1;

Deno.test("F31: no promise is broken in any world", async () => {
  const total = { tasks: 0, results: 0, commits: 0, restarts: 0 };
  const [from, to] = only === null ? [first, first + seeds - 1] : [only, only];
  for (let seed = from; seed <= to; seed++) {
    const report = await simulate({ seed });
    assertHolds(report);
    total.tasks += report.tasks;
    total.results += report.results;
    total.commits += report.commits;
    total.restarts += report.restarts;
  }
  if (only !== null) return;
  assert(
    total.results > seeds && total.restarts > 0,
    "These worlds are too quiet to prove a thing",
  );
});

Deno.test("F31: no promise is broken with more tasks than the core holds", async () => {
  // Such a world takes as long as a hundred others.
  for (let seed = first; seed < first + Math.ceil(seeds / 200); seed++) {
    assertHolds(await simulate({ seed: only ?? seed, crowd: 3500 }));
    if (only !== null) return;
  }
});

Deno.test("F31: no promise is broken on the real store", async () => {
  for (let seed = first; seed < first + SQLITE_SEEDS; seed++) {
    const storage = await openSqliteStorage();
    try {
      const report = await simulate({ seed: only ?? seed, storage });
      assertHolds(report);
    } finally {
      await storage.close();
    }
    if (only !== null) return;
  }
});

Deno.test("F31: the same seed is the same world, another seed is another one", async () => {
  for (let seed = first; seed < first + 5; seed++) {
    const { hash } = await simulate({ seed });
    assertEquals((await simulate({ seed })).hash, hash);
    assertNotEquals((await simulate({ seed: seed + 1_000_000 })).hash, hash);
  }
});

const SABOTAGES: Readonly<Record<Sabotage, RegExp>> = {
  "lost commit":
    /^Values are not equal: I8: the store and what was acknowledged differ|misuse|failed by itself/,
  "early acknowledgement": /^I8: \w+ forgets/,
  "run twice": /^I7: .* is run twice/,
  "overload": /^I7: .* slots/,
};

for (const [name, expected] of Object.entries(SABOTAGES)) {
  Deno.test(`F31: the checks notice sabotage (${name})`, async () => {
    const sabotage = name as Sabotage;
    for (let seed = first; seed < first + SABOTAGED_SEEDS; seed++) {
      const [found] = (await simulate({ seed, sabotage })).violations;
      if (found === undefined) continue;
      assert(expected.test(found), `Seed ${seed} noticed something else: ${found}`);
      return;
    }
    throw new Error(`Nobody noticed in ${SABOTAGED_SEEDS} worlds`);
  });
}
