/**
 * What people do to a simulated farm: drop files, drop them again, cancel, retry.
 *
 * @module
 */
import { drawTask, type SimTask, type TaskFile, tinyTask } from "./tasks.ts";
import type { World } from "./world.ts";

const FILES_MAX = 6;
const TASKS_MAX = 20;

/** Plans all that users do until `untilMs`. */
export function planUsers(world: World, untilMs: number): void {
  const { kernel } = world;
  const { chance } = kernel;
  const files: TaskFile[] = [];
  const hostile = chance.oneOf([0, 0.1, 0.3, 0.6]);
  const count = chance.whole(1, FILES_MAX);
  for (let number = 1; number <= count; number++) {
    kernel.after(number === 1 ? 0 : chance.between(0, untilMs * 0.7), () => {
      const file = drawFile(world, { number, hostile, earlier: files });
      files.push(file);
      drop(world, file);
    });
  }
  const restless = chance.oneOf([0, 0, 3, 15]);
  for (let act = 0; act < restless; act++) {
    kernel.after(chance.between(0, untilMs), () => actOnce(world, files));
  }
}

function drop(world: World, file: TaskFile): void {
  world.kernel.trace(`user drops ${file.name} with ${file.tasks.length} tasks`);
  world.folder.dropped.set(file.name, file);
}

function drawFile(
  world: World,
  options: { number: number; hostile: number; earlier: readonly TaskFile[] },
): TaskFile {
  const { chance } = world.kernel;
  const { number, hostile, earlier } = options;
  const tasks: SimTask[] = [];
  const size = chance.whole(1, TASKS_MAX);
  for (let index = 1; index <= size; index++) {
    const task = drawTask(chance, `t${number}.${index}`, hostile);
    world.tasks.set(task.id, task);
    tasks.push(task);
  }
  for (let index = 1; number === 1 && index <= world.crowd; index++) {
    const task = tinyTask(`crowd.${index}`);
    world.tasks.set(task.id, task);
    tasks.push(task);
  }
  // Some files bring tasks along that the farm knows already.
  if (earlier.length > 0 && chance.happens(0.3)) {
    tasks.push(...chance.oneOf(earlier).tasks.filter((task) => !tasks.includes(task)));
  }
  return { name: `file${number}`, bytes: `bytes${number}`, tasks, rerun: chance.happens(0.2) };
}

function actOnce(world: World, files: readonly TaskFile[]): void {
  const { kernel, orchestrator } = world;
  const { chance } = kernel;
  if (files.length === 0) return;
  const file = chance.oneOf(files);
  const { id } = chance.oneOf(file.tasks);
  const choice = chance.fraction();
  if (choice < 0.2) return drop(world, file);
  if (choice < 0.3) {
    kernel.trace(`user cancels all of ${file.name}`);
    for (const task of file.tasks) void orchestrator.cancel(task.id);
    return;
  }
  // Impatient people press a button twice.
  const times = chance.happens(0.3) ? 2 : 1;
  kernel.trace(`user ${choice < 0.7 ? "cancels" : "retries"} ${id}, ${times} times`);
  for (let time = 0; time < times; time++) {
    void (choice < 0.7 ? orchestrator.cancel(id) : orchestrator.retry(id));
  }
}
