/**
 * JSON arrays of any length in constant memory: one page is read and written at a time, and the next
 * one only when the reader wants it.
 *
 * @module
 */
import type { TypedResponse } from "hono";
import { getLogger } from "../../platform/log.ts";

const log = getLogger("api");
const encoder = new TextEncoder();

/** The answer that lists these, streamed or as a page: for the types of the client. */
export type Listing<Entry> = Response & TypedResponse<Entry[], 200, "json">;

/** Pages of values as the body of an answer: an array, one value a line. */
export function jsonArrayStream(
  pages: AsyncGenerator<readonly unknown[]>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let opened = false;
  return new ReadableStream({
    async pull(controller) {
      try {
        const page = await nextPage(pages);
        if (page === null) {
          controller.enqueue(encoder.encode(opened ? "\n]\n" : "[]\n"));
          controller.close();
          return;
        }
        let text = "";
        for (const value of page) {
          text += (opened ? ",\n" : "[\n") + JSON.stringify(value);
          opened = true;
        }
        controller.enqueue(encoder.encode(text));
      } catch (error) {
        // The status line is gone already: break the connection off, so that nobody takes the
        // beginning for the whole.
        log.error("A listing broke off", { error });
        controller.error(error);
      }
    },
    async cancel() {
      await pages.return(undefined);
    },
  }, { highWaterMark: 0 });
}

/** The next page that holds something: a pull that enqueues nothing would never be repeated. */
async function nextPage(
  pages: AsyncGenerator<readonly unknown[]>,
): Promise<readonly unknown[] | null> {
  for (;;) {
    const { value, done } = await pages.next();
    if (done === true) return null;
    if (value.length > 0) return value;
  }
}

/** The headers of a listing: how many there are in all, if that is known, and the next page. */
export function listingHeaders(
  request: Request,
  { total, next }: { total: number | null; next: string | null },
): Record<string, string> {
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (total !== null) headers["x-total-count"] = String(total);
  if (next !== null) {
    const url = new URL(request.url);
    url.searchParams.set("cursor", next);
    // Relative to the server, because behind a proxy we do not know our own name.
    headers["link"] = `<${url.pathname}${url.search}>; rel="next"`;
  }
  return headers;
}
