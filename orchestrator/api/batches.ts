/**
 * Calls about batches: one task file each, with its receipt, its progress and its results.
 *
 * @module
 */
import { Hono } from "hono";
import { shownText } from "../../contract/shown_value.ts";
import { TASK_STATUSES, TERMINAL_STATUSES } from "../../contract/task.ts";
import type { TaskFileError } from "../../contract/task_file.ts";
import type { Farm } from "../farm.ts";
import { resultEntry, time } from "../listeners/result_entry.ts";
import type { BatchRecord, Store, TaskListed } from "../store/store.ts";
import { jsonArrayStream, type Listing, listingHeaders } from "./json_stream.ts";
import { allBatchTasks, filledPage, STREAM_PAGE } from "./listing.ts";
import { type PageWritten, type Paging, readPageOnly } from "./parameters.ts";
import { ProblemError } from "./problem.ts";
import { takesNoQuery, takesQuery } from "./taking.ts";

export function batchRoutes({ store }: Farm) {
  return new Hono()
    .get("/batches", takesQuery<PageWritten, Paging>(readPageOnly), async (c) => {
      return await listBatches(store, c.req.raw, c.req.valid("query"));
    })
    .get("/batches/:id", takesNoQuery, async (c) => {
      const batch = await findBatch(store, c.req.param("id"));
      return c.json({
        ...batchJson(batch),
        receipt: await receiptOf(store, batch),
        metadata: batch.metadata,
        // Written by the inbox, which writes nothing else there.
        errors: batch.errors as readonly TaskFileError[],
      }, 200);
    })
    .get("/batches/:id/results", takesNoQuery, async (c) => {
      const batch = await findBatch(store, c.req.param("id"));
      const total = batch.accepted - batch.removed + batch.known + batch.requeued;
      return new Response(jsonArrayStream(batchResults(store, batch.id)), {
        headers: listingHeaders(c.req.raw, { total, next: null }),
      }) as Listing<ReturnType<typeof batchResult>>;
    });
}

type BatchListing = Listing<ReturnType<typeof batchJson>>;

async function listBatches(
  store: Store,
  request: Request,
  paging: Paging,
): Promise<BatchListing> {
  const { files_accepted, files_rejected, files_removed } = await store.counts();
  const total = files_accepted + files_rejected - files_removed;
  const { limit, cursor } = paging;
  if (limit === null) {
    const headers = listingHeaders(request, { total, next: null });
    return new Response(jsonArrayStream(allBatches(store)), { headers }) as BatchListing;
  }
  const { batches, next } = await filledPage(
    (from) => store.batches({ limit, ...(from === undefined ? {} : { cursor: from }) }),
    { cursor, count: (page) => page.batches.length },
  );
  return Response.json(batches.map(batchJson), {
    headers: listingHeaders(request, { total, next }),
  }) as BatchListing;
}

async function* allBatches(store: Store) {
  let cursor: string | null = null;
  do {
    const page: { batches: BatchRecord[]; next: string | null } = await store.batches({
      limit: STREAM_PAGE,
      ...(cursor === null ? {} : { cursor }),
    });
    yield page.batches.map(batchJson);
    cursor = page.next;
  } while (cursor !== null);
}

/** By id or by name of its file; a problem when there is none. */
export async function findBatch(store: Store, name: string): Promise<BatchRecord> {
  const batch = await store.batch(name);
  if (batch !== null) return batch;
  throw new ProblemError({
    status: 404,
    code: "batch_not_found",
    detail: `There is no batch ${shownText(name)}: give its id or the name of its file`,
  });
}

function batchJson(batch: BatchRecord) {
  const ended = TERMINAL_STATUSES.reduce((sum, status) => sum + batch.counts[status], 0);
  const total = TASK_STATUSES.reduce((sum, status) => sum + batch.counts[status], 0);
  return {
    id: batch.id,
    file: batch.file,
    archived_as: batch.archived_as,
    state: batch.state,
    received_at: time(batch.received_at),
    finished_at: time(batch.finished_at),
    tasks: batch.accepted + batch.known + batch.requeued,
    accepted: batch.accepted,
    removed: batch.removed,
    known: batch.known,
    requeued: batch.requeued,
    counts: batch.counts,
    progress: total === 0 ? 1 : Math.floor(1000 * ended / total) / 1000,
    errors_total: batch.errors_total,
    bytes: batch.bytes,
    sha256: batch.sha256,
  };
}

/** What became of the file, in one sentence. */
async function receiptOf(store: Store, batch: BatchRecord): Promise<string> {
  const { accepted, known, requeued } = batch;
  const total = accepted + known + requeued;
  if (batch.state === "rejected") {
    const errors = batch.errors_total === 1 ? "1 error" : `${batch.errors_total} errors`;
    return `Rejected: ${errors}, nothing queued`;
  }
  if (known > 0 && known === total) {
    let completed = 0;
    for await (const tasks of allBatchTasks(store, batch.id)) {
      completed += tasks.filter((task) => task.status === "completed").length;
    }
    return `${completed} of ${total} already completed`;
  }
  const parts = [`${accepted} of ${total} accepted`];
  if (requeued > 0) parts.push(`${requeued} queued again`);
  if (known > 0) parts.push(`${known} known already`);
  if (batch.removed > 0) parts.push(`${batch.removed} removed since, for their age`);
  return parts.join(", ");
}

async function* batchResults(store: Store, batch: string) {
  for await (const tasks of allBatchTasks(store, batch)) yield tasks.map(batchResult);
}

/** As in a results file, and for tasks that did not complete where they stand and why. */
function batchResult(task: TaskListed) {
  return { ...resultEntry(task), status: task.status, error: task.error };
}
