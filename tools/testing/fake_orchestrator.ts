/**
 * An orchestrator for tests of the command line tools: plays a given story of answers, one a call,
 * the last one for ever.
 *
 * @module
 */

/** A JSON answer, or a whole response. */
export type Answer = unknown;

/** The answers of each path, in order. */
export type Story = Readonly<Record<string, readonly (Answer | ((request: Request) => Answer))[]>>;

/** A problem document as the orchestrator answers it. */
export function problem(status: number, members: Record<string, unknown> = {}): Response {
  return Response.json({ status, detail: "Refused for the test", ...members }, { status });
}

/** A batch of `total` tasks that came with their file; `counts` default to all pending. */
export function batch(
  id: string,
  counts: Record<string, number>,
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    id,
    file: "b.json",
    archived_as: `${id}.json`,
    state: "accepted",
    accepted: Object.values(counts).reduce((sum, count) => sum + count, 0),
    known: 0,
    requeued: 0,
    counts,
    finished_at: null,
    errors: [],
    sha256: "",
    ...more,
  };
}

/** Runs `test` against the story; a path that is not in it answers 404. */
export async function withOrchestrator(
  story: Story,
  test: (url: string) => Promise<void>,
): Promise<void> {
  const told = new Map<string, number>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const path = decodeURIComponent(new URL(request.url).pathname);
    const answers = story[path];
    if (answers === undefined) return problem(404);
    const turn = told.get(path) ?? 0;
    told.set(path, turn + 1);
    const answer = answers[Math.min(turn, answers.length - 1)];
    const given = typeof answer === "function" ? answer(request) : answer;
    return Promise.resolve(given).then((value) =>
      value instanceof Response ? value.clone() : Response.json(value)
    );
  });
  try {
    await test(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
}

/** An address on which nobody listens. */
export function nobodysUrl(): string {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return `http://127.0.0.1:${port}`;
}
