/**
 * What a store promises to people: pages by filter, newest change first, and the story of a task.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { RegisterTest } from "./conformance_bed.ts";
import type { Store, TaskQuery } from "./store.ts";
import {
  accept,
  apply,
  assigned,
  completed,
  failed,
  FAILURE,
  held,
  idsOf,
  listAll,
  lost,
  requeued,
  resultOf,
  running,
  tasksOf,
} from "./store_testing.ts";

export function listingConformance(test: RegisterTest): void {
  pages(test);
  stories(test);
}

const LISTINGS: readonly (readonly [TaskQuery, readonly string[]])[] = [
  [{}, ["a", "x2", "c", "b", "x1", "h"]],
  [{ status: ["pending"] }, ["x2", "x1", "h"]],
  [{ status: ["completed", "failed"] }, ["a", "c"]],
  [{ status: ["running"] }, []],
  [{ status: [] }, []],
  [{ priority: 8 }, ["h"]],
  [{ priority: 3 }, []],
  [{ algorithm: "cython" }, ["x2", "x1"]],
  [{ algorithm: "fortran" }, []],
  [{ status: ["pending"], algorithm: "python", priority: 8 }, ["h"]],
  [{ worker: "worker-02" }, ["c", "b"]],
  [{ worker: "worker-02", status: ["assigned"] }, ["b"]],
  [{ worker: "nobody" }, []],
  [{ batch: "two" }, ["x2", "x1"]],
  [{ batch: "one", status: ["failed", "assigned"] }, ["c", "b"]],
  [{ batch: "one", priority: 5 }, ["a", "c", "b"]],
  [{ batch: "nothing" }, []],
  [{ text: "X" }, ["x2", "x1"]],
  [{ text: "colisión" }, ["x2", "x1"]],
  [{ text: "ón%" }, []],
  [{ text: "x%" }, []],
  [{ text: "X_" }, []],
  [{ text: "\\" }, []],
  [{ text: "", batch: "two" }, ["x2", "x1"]],
  [{ text: "a", worker: "worker-01" }, ["a"]],
];

function pages(test: RegisterTest): void {
  test("lists by every filter, newest change first, in pages of any size", async ({ store }) => {
    await fill(store);
    for (const [query, expected] of LISTINGS) {
      for (const limit of [1, 2, 100]) {
        const name = `${JSON.stringify(query)} in pages of ${limit}`;
        assertEquals(idsOf(await listAll(store, query, limit)), [...expected], name);
      }
      assertEquals(await store.count(query), expected.length, JSON.stringify(query));
    }
  });

  test("goes on from a cursor while tasks change", async ({ store }) => {
    await accept(store, "b", tasksOf(["a", "b", "c", "d"]));
    const first = await store.page({}, { limit: 2 });
    assertEquals(idsOf(first.tasks), ["d", "c"]);
    await apply(store, ["d"], assigned);
    const second = await store.page({}, { limit: 2, cursor: first.next! });
    assertEquals(idsOf(second.tasks), ["b", "a"]);
  });

  test("finds one task among thousands, even if it takes more pages", async ({ store }) => {
    const ids = Array.from({ length: 25_000 }, (_, i) => `task-${i}`);
    await accept(store, "many", tasksOf(ids));
    for (const query of [{ text: "SK-777" }, { text: "sk-777", batch: "many" }]) {
      const expected = ids.filter((id) => id.includes("sk-777"));
      assertEquals(idsOf(await listAll(store, query, 5)), expected.reverse());
      assertEquals(await store.count(query), expected.length);
    }
  });
}

function stories(test: RegisterTest): void {
  test("tells the story of a task, attempt by attempt", async ({ store }) => {
    await accept(store, "b", tasksOf(["a"]));
    assertEquals((await store.task("a"))?.attempts, []);
    await apply(store, ["a"], assigned);
    await apply(store, ["a"], lost);
    await apply(store, ["a"], (row) => assigned(row, "worker-02"));
    await apply(store, ["a"], running);
    await apply(store, ["a"], (row) => held(row, 9_000));
    await apply(store, ["a"], (row) => assigned(row, "worker-03"));
    const story = async () => {
      const attempts = (await store.task("a"))!.attempts;
      return attempts.map(({ attempt, worker, outcome }) => [attempt, worker, outcome]);
    };
    const past = [[1, "worker-01", "lost"], [2, "worker-02", "failed"]];
    assertEquals(await story(), [...past, [3, "worker-03", "assigned"]]);
    const [row] = await apply(store, ["a"], running);
    assertEquals(await story(), [...past, [3, "worker-03", "running"]]);
    await apply(store, ["a"], completed);
    assertEquals(await story(), [...past, [3, "worker-03", "completed"]]);
    const detail = (await store.task("a"))!;
    assertEquals(detail.result, resultOf(row!));
    assertEquals(detail.attempts[1], {
      attempt: 2,
      worker: "worker-02",
      assigned_at: 3_000,
      started_at: 3_500,
      ended_at: 4_000,
      outcome: "failed",
      error: FAILURE,
    });
    await apply(store, ["a"], requeued);
    const again = [...past, [3, "worker-03", "completed"]];
    assertEquals(await story(), again);
    assertEquals((await store.task("a"))?.result, null);
    await apply(store, ["a"], assigned);
    await apply(store, ["a"], failed);
    assertEquals(await story(), [...again, [4, "worker-01", "failed"]]);
    assertEquals(await store.task("nobody"), null);
  });

  test("keeps the attempt of a worker that came back beside its loss", async ({ store }) => {
    await accept(store, "b", tasksOf(["a"]));
    await apply(store, ["a"], assigned);
    await apply(store, ["a"], lost);
    await apply(
      store,
      ["a"],
      (row) => ({ ...assigned(row), task: { ...row, status: "assigned" } }),
    );
    await apply(store, ["a"], lost);
    const attempts = (await store.task("a"))!.attempts;
    assertEquals(attempts.map(({ attempt, outcome }) => [attempt, outcome]), [[1, "lost"], [
      1,
      "lost",
    ]]);
  });
}

async function fill(store: Store): Promise<void> {
  await accept(store, "one", [
    ...tasksOf(["h"], { priority: 8 }),
    ...tasksOf(["a", "b", "c"]),
  ]);
  const description = "Una COLISIÓN de 100%";
  await accept(store, "two", tasksOf(["x1", "x2"], { algorithm: "cython", description }));
  await apply(store, ["b", "c"], (row) => assigned(row, "worker-02"));
  await apply(store, ["c"], failed);
  await apply(store, ["x2"], assigned);
  await apply(
    store,
    ["x2"],
    (row) => ({ ...held(row, 9_000), task: { ...held(row, 9_000).task, worker: null } }),
  );
  await apply(store, ["a"], assigned);
  await apply(store, ["a"], completed);
}
