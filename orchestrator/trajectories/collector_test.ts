import { assertEquals } from "@std/assert";
import type { Change, TaskDetail } from "../store/store.ts";
import { TrajectoryCollector } from "./collector.ts";
import { TrajectoryFiles } from "./trajectory_files.ts";

const BYTES = new Uint8Array([1, 2, 3]);

interface World {
  readonly files: TrajectoryFiles;
  readonly calls: string[];
  /** Resolves when this call was made. */
  readonly called: (call: string) => Promise<void>;
  readonly collector: TrajectoryCollector;
}

/** A worker that holds one trajectory, of task `t`; `lists` are its answers, the last for ever. */
async function withWorker(
  lists: readonly (() => Response)[],
  test: (world: World) => Promise<void>,
  status = "completed",
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const files = new TrajectoryFiles(folder);
  const calls: string[] = [];
  const waiting = new Map<string, () => void>();
  let listed = 0;
  const answer = (path: string, method: string): Response => {
    if (path === "/trajectories") return lists[Math.min(listed++, lists.length - 1)]!();
    return method === "GET" ? new Response(BYTES) : Response.json({ forgotten: true });
  };
  const collector = new TrajectoryCollector({
    files,
    fleet: {
      ask(_worker, path, { method = "GET" }) {
        const call = `${method} ${path}`;
        calls.push(call);
        waiting.get(call)?.();
        return Promise.resolve(answer(path, method));
      },
    },
    store: {
      task: (task_id) => Promise.resolve({ task_id, batch: "b", status } as TaskDetail),
    },
  });
  const called = (call: string) => new Promise<void>((resolve) => waiting.set(call, resolve));
  try {
    await test({ files, calls, called, collector });
  } finally {
    await collector.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

const HAS = () => Response.json([{ task_id: "t", attempt: 1, bytes: 3 }]);
const EMPTY = () => Response.json([]);
const TASK = { task_id: "t", status: "completed", worker: "w" };
const COMPLETED = [{
  kind: "task",
  task: { ...TASK, record: { every: 1 } },
}] as unknown as Change[];

Deno.test("TrajectoryCollector saves what a worker holds, and lets the worker forget it", () =>
  withWorker([EMPTY, HAS], async ({ collector, called, files, calls }) => {
    const forgotten = called("DELETE /trajectory");
    collector.committed(COMPLETED);
    await forgotten;
    assertEquals(files.sizeOf({ batch: "b", task_id: "t" }), 3);
    assertEquals(calls, [
      "GET /trajectories",
      "GET /trajectories",
      "GET /trajectory",
      "DELETE /trajectory",
    ]);
  }));

Deno.test("TrajectoryCollector fetches after a restart what was left at a worker", () =>
  withWorker([HAS], async ({ collector, called, files }) => {
    const forgotten = called("DELETE /trajectory");
    collector.noticed({ kind: "worker_connected", worker: "w", again: false });
    await forgotten;
    assertEquals(files.sizeOf({ batch: "b", task_id: "t" }), 3);
  }));

Deno.test("TrajectoryCollector asks again after an answer that is none", () => {
  const bad = [
    () => new Response("down", { status: 500 }),
    () => new Response("no JSON"),
    () => Response.json([{ task_id: 3 }]),
    HAS,
  ];
  return withWorker(bad, async ({ collector, called }) => {
    const forgotten = called("DELETE /trajectory");
    collector.committed(COMPLETED);
    await forgotten;
  });
});

Deno.test("TrajectoryCollector leaves the trajectory of an unfinished task where it is", () =>
  withWorker([HAS], async ({ collector, called, calls }) => {
    const looked = called("GET /trajectories");
    collector.noticed({ kind: "worker_connected", worker: "w", again: false });
    await looked;
    await collector.stop();
    assertEquals(calls, ["GET /trajectories"]);
  }, "running"));

Deno.test("TrajectoryCollector asks nobody for tasks that record nothing", () =>
  withWorker([HAS], async ({ collector, calls }) => {
    collector.committed([{ kind: "task", task: TASK }] as unknown as Change[]);
    await collector.stop();
    assertEquals(calls, []);
  }));
