import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Assignment, CONTRACT_VERSION, type StreamLine } from "../../contract/wire.ts";
import type { NewEvent } from "../scheduler.ts";
import { WorkerClient } from "./worker_client.ts";

const HELLO: StreamLine = {
  type: "hello",
  contract: CONTRACT_VERSION,
  worker_id: "w",
  epoch: "e",
  version: "0",
  capacity: 1,
  algorithms: ["python"],
  queue_max: 10,
  draining: false,
  holds: [],
  ended: [],
  at: 0,
};
const TASK: Assignment = { task_id: "t", attempt: 1, algorithm: "python", parameters: {} };
const HANDOUT = { task_id: "t", attempt: 1, content: '["python",{}]' };

type Answer = (request: Request) => Response | Promise<Response>;

/** A client against a server that answers as the test wants; collects the events. */
class Line {
  readonly events: NewEvent[] = [];
  readonly server: Deno.HttpServer<Deno.NetAddr>;
  readonly client: WorkerClient;
  readonly #streams = new Set<ReadableStreamDefaultController<Uint8Array>>();

  constructor(answers: Record<string, Answer>, httpTimeoutMs = 2000) {
    this.server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
      const { pathname } = new URL(request.url);
      if (pathname in answers) return answers[pathname]!(request);
      if (pathname === "/stream") return this.stream([HELLO]);
      return Response.json({ status: "healthy" });
    });
    this.client = new WorkerClient(
      { id: "w", ip: "127.0.0.1", port: this.server.addr.port, region: null },
      {
        farm: "farm",
        submit: (event) => this.events.push(event),
        httpTimeoutMs,
        health: { pingMs: 50, failuresMax: 3, silenceMaxMs: 60_000 },
      },
    );
  }

  /** An open stream that begins with these lines. */
  stream(lines: readonly unknown[]): Response {
    let own: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        own = controller;
        this.#streams.add(controller);
        const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
        controller.enqueue(new TextEncoder().encode(text));
      },
      cancel: () => void this.#streams.delete(own),
    });
    return new Response(body);
  }

  closeStreams(): void {
    for (const stream of this.#streams) stream.close();
    this.#streams.clear();
  }

  kinds(): string[] {
    return this.events.map((event) => event.kind);
  }

  async until(holds: () => boolean): Promise<void> {
    for (let tries = 0; !holds(); tries++) {
      assert(tries < 1500, `it did not come true within 15 s: ${this.kinds().slice(-5)}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async close(): Promise<void> {
    await this.client.stop();
    this.closeStreams();
    await this.server.shutdown();
  }
}

function lineTest(
  name: string,
  answers: (line: () => Line) => Record<string, Answer>,
  body: (line: Line) => Promise<void>,
): void {
  Deno.test(name, async () => {
    let line: Line | null = null;
    line = new Line(answers(() => line!));
    line.client.start();
    try {
      await body(line);
    } finally {
      await line.close();
    }
  });
}

lineTest(
  "WorkerClient counts a worker as lost that breaks the contract",
  (line) => ({
    "/stream": () => line().stream([HELLO, { type: "outcomes", outcomes: [{ task_id: "t" }] }]),
  }),
  async (line) => {
    await line.until(() => line.kinds().includes("worker_lost"));
    assertEquals(line.kinds().slice(0, 3), [
      "worker_connected",
      "worker_disconnected",
      "worker_lost",
    ]);
    assertMatch(line.client.health.read().problem ?? "", /something else/);
  },
);

lineTest(
  "WorkerClient says who connected and goes on after the stream broke",
  () => ({}),
  async (line) => {
    await line.until(() => line.kinds().includes("worker_connected"));
    assertEquals(line.client.health.status, "active");
    line.closeStreams();
    await line.until(() => line.kinds().filter((kind) => kind === "worker_connected").length === 2);
    assertEquals(line.kinds().filter((kind) => kind === "worker_disconnected").length, 1);
  },
);

lineTest(
  "WorkerClient reports a process that is gone as lost at once",
  () => ({}),
  async (line) => {
    await line.until(() => line.kinds().includes("worker_connected"));
    line.closeStreams();
    await line.server.shutdown();
    await line.until(() =>
      line.events.some((event) => event.kind === "worker_lost" && event.reason === "died")
    );
    assertMatch(line.client.health.read().problem!, /refused/);
  },
);

for (
  const [what, body] of Object.entries({
    "HTML": "<html>hello</html>\n",
    "another contract": `${JSON.stringify({ ...HELLO, contract: 99 })}\n`,
    "a heartbeat before hello": '{"type":"heartbeat"}\n',
    "an outcome of the wrong shape": `${
      JSON.stringify(HELLO)
    }\n{"type":"outcomes","outcomes":[1]}\n`,
  })
) {
  lineTest(
    `WorkerClient survives a worker that sends ${what}`,
    () => ({ "/stream": () => new Response(body) }),
    async (line) => {
      await line.until(() => line.client.health.read().problem !== null);
      assertEquals(line.kinds().includes("attempts_ended"), false);
    },
  );
}

Deno.test("WorkerClient sends a dispatch again when its answer was lost", async () => {
  let posts = 0;
  const line = new Line({
    "/dispatch": async (request) => {
      const { farm, epoch, tasks } = await request.json();
      assertEquals([farm, epoch, tasks], ["farm", "e", [TASK]]);
      if (++posts === 1) return new Response("no", { status: 502 });
      return Response.json({ accepted: [{ task_id: "t", attempt: 1 }], refused: [] });
    },
  });
  await line.client.posts.dispatch("e", [HANDOUT]);
  assertEquals(line.kinds(), ["dispatch_answered"]);
  assertEquals(posts, 2);
  await line.close();
});

Deno.test("WorkerClient hands over in smaller parts what does not come through", async () => {
  const parts: number[] = [];
  const line = new Line({
    "/dispatch": async (request) => {
      const { tasks } = await request.json();
      parts.push(tasks.length);
      if (tasks.length > 300) return new Response("no", { status: 502 });
      const accepted = tasks.map(({ task_id, attempt }: Assignment) => ({ task_id, attempt }));
      return Response.json({ accepted, refused: [] });
    },
  });
  const tasks = Array.from({ length: 600 }, (_, at) => ({ ...HANDOUT, task_id: `t${at}` }));
  await line.client.posts.dispatch("e", tasks);
  assertEquals(parts, [600, 500, 250, 350, 250, 100]);
  assertEquals(line.kinds(), Array(3).fill("dispatch_answered"));
  await line.close();
});

Deno.test("WorkerClient never repeats a dispatch to the next process of a worker", async () => {
  let posts = 0;
  const line = new Line({
    "/dispatch": () => {
      posts++;
      return new Response("no", { status: posts === 1 ? 502 : 409 });
    },
  });
  await line.client.posts.dispatch("e", [HANDOUT]);
  assertEquals([posts, line.kinds()], [2, []]);
  await line.close();
});

for (
  const [what, answer] of Object.entries<Answer>({
    "hangs": () => new Promise(() => {}),
    "answers garbage": () => new Response("<html>"),
    "never ends its answer": () =>
      new Response(
        new ReadableStream({
          async pull(controller) {
            await new Promise((resolve) => setTimeout(resolve, 5));
            controller.enqueue(new Uint8Array(100_000));
          },
        }),
      ),
  })
) {
  Deno.test({
    name: `WorkerClient gives up a dispatch to a worker that ${what}`,
    // The server's own unfinished answer is not ours to settle.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      const line = new Line({ "/dispatch": answer }, 100);
      await line.client.posts.dispatch("e", [HANDOUT]);
      assertEquals(line.kinds(), ["dispatch_failed"]);
      await line.client.stop();
    },
  });
}

Deno.test("WorkerClient acknowledges in one post what gathers, also while another is under way", async () => {
  const posts: number[] = [];
  const acknowledge = (id: string) => line.client.posts.acknowledge([{ task_id: id, attempt: 1 }]);
  const line: Line = new Line({
    "/acknowledge": async (request) => {
      posts.push((await request.json()).attempts.length);
      if (posts.length === 1) { for (const id of ["d", "e"]) acknowledge(id); }
      return Response.json({});
    },
  });
  const first = acknowledge("a");
  for (const id of ["b", "c"]) acknowledge(id);
  await first;
  assertEquals(posts, [3, 2]);
  await line.close();
});
