import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Change, TaskRow } from "../store/store.ts";
import { EventStream, type Topic, TOPICS } from "./event_stream.ts";

const START_MS = 1_800_000_000_000;

/** A hub whose time goes on only when the test says so. */
class Hub {
  turn: (() => void) | null = null;
  asked = 0;
  stats: Record<string, unknown> = { queue: 0 };
  readonly stream = new EventStream({
    nowMs: START_MS,
    every: (_ms, turn) => {
      this.turn = turn;
      return () => {
        this.turn = null;
      };
    },
  });

  constructor() {
    this.stream.provide({
      stats: () => {
        this.asked++;
        return Promise.resolve({ ...this.stats, timestamp: String(this.asked) });
      },
      workers: () => Promise.resolve([{ id: "w1", cpu: this.stats.queue }]),
    });
  }

  open(topics: readonly Topic[] = TOPICS, lastId: number | null = null): Reading {
    const stream = this.stream.open({ topics, lastId });
    assert(stream !== null);
    return new Reading(stream);
  }

  async turns(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      this.turn?.();
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
}

interface Got {
  id: number | null;
  event: string;
  // deno-lint-ignore no-explicit-any
  data: any;
}

class Reading {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #text = "";

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  /** The next event that is not a greeting of the stream itself. */
  async next(): Promise<Got> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end >= 0) {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        if (!block.startsWith(":")) return parsed(block);
        continue;
      }
      const { value, done } = await this.#reader.read();
      if (done) return { id: null, event: "end", data: null };
      this.#text += new TextDecoder().decode(value);
    }
  }

  async until(event: string): Promise<Got> {
    for (;;) {
      const got = await this.next();
      if (got.event === event || got.event === "end") return got;
    }
  }

  leave(): Promise<void> {
    return this.#reader.cancel();
  }
}

function parsed(block: string): Got {
  const field = (name: string) =>
    block.split("\n").find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
  const id = field("id");
  return {
    id: id === undefined ? null : Number(id),
    event: field("event")!,
    data: JSON.parse(field("data")!),
  };
}

function change(task_id: string, status: "running" | "completed" = "completed"): Change {
  const task = { task_id, status, batch: "b1", worker: "w1", attempt: 1 } as TaskRow;
  return { kind: "task", from: "running", task };
}

Deno.test("EventStream does nothing at all while nobody reads", async () => {
  const hub = new Hub();
  hub.stream.committed([change("a")], ["b1"]);
  assertEquals([hub.turn, hub.asked], [null, 0]);
  const reading = hub.open();
  assertEquals((await reading.next()).event, "hello");
  await hub.turns(1);
  hub.stream.close();
  assertEquals((await reading.until("tasks")).event, "end");
});

Deno.test("EventStream gathers transitions into one event of each topic", async () => {
  const hub = new Hub();
  const reading = hub.open(["tasks", "batches"]);
  hub.stream.committed([change("a", "running"), change("a")], []);
  hub.stream.committed([change("b"), { kind: "batch_accepted", batch: "b2", at: 1 }], ["b1"]);
  await hub.turns(1);
  const tasks = await reading.until("tasks");
  const seen = tasks.data.changes.map((one: Record<string, unknown>) => [one.task_id, one.status]);
  assertEquals(seen, [["a", "running"], ["a", "completed"], ["b", "completed"]]);
  assertEquals(tasks.data.omitted, 0);
  assertEquals((await reading.next()).data.changes, [
    { batch: "b2", event: "accepted" },
    { batch: "b1", event: "finished" },
  ]);
  await reading.leave();
  assertEquals(hub.stream.readers, 0);
  hub.stream.close();
});

Deno.test("EventStream counts what it leaves out of a flood", async () => {
  const hub = new Hub();
  const reading = hub.open(["tasks"]);
  hub.stream.committed(Array.from({ length: 2500 }, (_, at) => change(`t${at}`)), []);
  await hub.turns(1);
  const { data } = await reading.until("tasks");
  assertEquals([data.changes.length, data.omitted], [2000, 500]);
  hub.stream.close();
});

Deno.test("EventStream sends statistics when they changed, a clock alone is no news", async () => {
  const hub = new Hub();
  const reading = hub.open(["stats"]);
  await hub.turns(4);
  assertEquals((await reading.until("stats")).data.queue, 0);
  await hub.turns(12);
  hub.stats = { queue: 7 };
  await hub.turns(4);
  assertEquals((await reading.next()).data.queue, 7);
  hub.stream.close();
});

Deno.test("EventStream goes on after the last id a reader saw, and ids only rise", async () => {
  const hub = new Hub();
  const first = hub.open(["tasks"]);
  const ids: number[] = [(await first.next()).id!];
  for (const id of ["a", "b", "c"]) {
    hub.stream.committed([change(id)], []);
    await hub.turns(1);
    ids.push((await first.next()).id!);
  }
  assertEquals(ids.toSorted((a, b) => a - b), ids);
  assertEquals(new Set(ids).size, 4);
  await first.leave();
  hub.stream.committed([change("d")], []);
  await hub.turns(1);

  const second = hub.open(["tasks"], ids[2]!);
  const hello = await second.next();
  assertEquals([hello.id, hello.data.resumed], [null, true]);
  assertEquals((await second.next()).data.changes[0].task_id, "c");
  assertEquals((await second.next()).data.changes[0].task_id, "d");
  hub.stream.close();
});

Deno.test("EventStream says reset when an id is too old, unknown or from before a restart", async () => {
  const hub = new Hub();
  for (const lastId of [0, START_MS * 1000 - 5, START_MS * 1000 + 99]) {
    const reading = hub.open(["tasks"], lastId);
    assertEquals((await reading.next()).data.resumed, false);
    assertEquals((await reading.next()).event, "reset");
  }
  const replayed = hub.open(["tasks"]);
  const { id } = await replayed.next();
  for (let i = 0; i < 1001; i++) {
    hub.stream.committed([change(`t${i}`)], []);
    hub.turn!();
  }
  const late = hub.open(["tasks"], id);
  await late.next();
  assertEquals((await late.next()).event, "reset");
  hub.stream.close();
});

Deno.test("EventStream.mark() lets a reader go on from a snapshot, and costs nothing after its end", async () => {
  const hub = new Hub();
  const id = hub.stream.mark();
  hub.stream.committed([change("a")], []);
  hub.turn!();
  const reading = hub.open(["tasks"], id);
  assertEquals((await reading.next()).data.resumed, true);
  assertEquals((await reading.next()).data.changes[0].task_id, "a");
  hub.stream.close();
  hub.stream.mark();
  assertEquals(hub.turn, null);
});

Deno.test("EventStream forgets itself a minute after the last reader left", async () => {
  const hub = new Hub();
  const reading = hub.open(["tasks"]);
  const { id } = await reading.next();
  await reading.leave();
  for (let i = 0; i < 240; i++) hub.turn!();
  assert(hub.turn !== null);
  hub.turn();
  assertEquals(hub.turn, null);
  hub.stream.committed([change("a")], []);
  const back = hub.open(["tasks"], id);
  await back.next();
  assertEquals((await back.next()).event, "reset");
  hub.stream.close();
});

Deno.test("EventStream drops a reader that does not keep up, and only that one", async () => {
  const hub = new Hub();
  const slow = hub.open(["tasks"]);
  const quick = hub.open(["stats"]);
  const many = Array.from({ length: 2000 }, (_, at) => change(`a-rather-long-name-${at}`));
  for (let i = 0; i < 40 && hub.stream.dropped === 0; i++) {
    hub.stream.committed(many, []);
    hub.turn!();
  }
  assertEquals([hub.stream.dropped, hub.stream.readers], [1, 1]);
  const error = await slow.until("end").then(() => null, (error: Error) => error);
  assertStringIncludes(String(error), "did not keep up");
  await quick.leave();
  hub.stream.close();
});

Deno.test("EventStream takes nobody in after its end", () => {
  const hub = new Hub();
  hub.stream.close();
  assertEquals(hub.stream.open({ topics: TOPICS, lastId: null }), null);
});
