/**
 * A program for the fault tests: works on a store without end, and prints a line for everything
 * that the store has acknowledged. Whoever kills it compares the lines with the store.
 *
 * @module
 */
import { openSqliteStore } from "./sqlite.ts";
import { type Store, StoreError } from "./store.ts";
import { assigned, completed, fileOf, PYTHON, tasksOf } from "./store_testing.ts";

/** Tasks of each file, and of each commit that moves tasks. */
export const FILE_TASKS = 12;

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

/** Takes a file, in two chunks, so that a kill can come between them. */
async function takeFile(store: Store, batch: string): Promise<void> {
  const intake = await store.receive(fileOf(batch));
  const tasks = tasksOf(Array.from({ length: FILE_TASKS }, (_, i) => `${batch}-${i}`));
  await intake.add(tasks.slice(0, 5));
  await intake.add(tasks.slice(5));
  await intake.finish({ rerun: false });
  await store.commit([{ kind: "batch_accepted", batch, at: 1 }]);
  say(`accepted ${batch}`);
}

/** Assigns what waits and completes it; what an earlier run left assigned comes first. */
async function work(store: Store): Promise<void> {
  const { tasks } = await store.claim(PYTHON, 0, FILE_TASKS);
  await store.commit(tasks.map((row) => assigned(row)));
  const rows = await store.unfinished();
  await store.commit(rows.slice(0, FILE_TASKS).map((row) => completed(row)));
  for (const row of rows.slice(0, FILE_TASKS)) say(`completed ${row.task_id}`);
}

/** Goes on after a failing disk for as long as the store does. */
async function carryOn<T>(step: () => Promise<T>): Promise<T | undefined> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    say(`refused ${error.code}`);
    if (error.down) Deno.exit(3);
  }
}

/** Writes the results down and removes what has ended, in steps of a few tasks. */
async function remove(store: Store): Promise<void> {
  for (const { name } of await store.unwrittenResultFiles()) await store.resultFileWritten(name);
  for (let cursor: string | null | undefined = undefined; cursor !== null;) {
    const options = cursor === undefined ? {} : { cursor };
    const { tasks, next } = await store.removeEnded({ before: 5_000, limit: 5, ...options });
    if (tasks > 0) say(`removed ${tasks}`);
    cursor = next;
  }
}

if (import.meta.main) {
  const [path, run, rounds, removes] = Deno.args;
  const opened = await carryOn(() => openSqliteStore(path!));
  if (opened === undefined) Deno.exit(3);
  const { store } = opened;
  for (let round = 0; round < Number(rounds); round++) {
    await carryOn(() => takeFile(store, `${run}.${round}`));
    await carryOn(() => work(store));
    await carryOn(async () => {
      const file = await store.planResultFile(() => `${run}.${round}`, { at: 1, limit: 100 });
      if (file !== null) say(`planned ${file.name}`);
    });
    if (removes !== undefined && round % 3 === 2) await carryOn(() => remove(store));
  }
  await carryOn(() => store.close());
}
