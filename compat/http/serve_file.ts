/**
 * Answers a request with one file, or with the part of it that was asked for.
 *
 * @module
 */
import { eTag, type ETagOptions, ifNoneMatch } from "./etag.ts";
import { mediaType } from "./media_type.ts";
import { STATUS_CODE, STATUS_TEXT, type StatusCode } from "./status.ts";

/** What is known about the file already, and how its tag is made. */
export interface ServeFileOptions {
  /** @default {"SHA-256"} */
  etagAlgorithm?: NonNullable<ETagOptions["algorithm"]>;
  /** Saves asking the file system. */
  fileInfo?: Deno.FileInfo;
}

/**
 * The file as a response: 200, 206 for a range, 304 if the client has it already, 404 if it is not
 * there or is a folder, 405 for other methods than GET and HEAD, 416 for an impossible range.
 *
 * Rejects with other errors of the file system.
 */
export async function serveFile(
  req: Request,
  filePath: string,
  options: ServeFileOptions = {},
): Promise<Response> {
  if (req.method !== "GET" && req.method !== "HEAD") {
    return standardResponse(STATUS_CODE.MethodNotAllowed);
  }
  const info = options.fileInfo ?? await Deno.stat(filePath).catch(nothingIfNotFound);
  if (!info || info.isDirectory) return standardResponse(STATUS_CODE.NotFound);
  const etag = await eTag(info, options.etagAlgorithm ? { algorithm: options.etagAlgorithm } : {});
  const headers = fileHeaders(filePath, info, etag);
  if (isKnownToClient(req, info, etag)) {
    return new Response(null, {
      status: STATUS_CODE.NotModified,
      statusText: STATUS_TEXT[STATUS_CODE.NotModified],
      headers,
    });
  }
  const range = parseRange(req.headers.get("range"), info.size);
  if (range === "impossible") {
    headers.set("content-range", `bytes */${info.size}`);
    return standardResponse(STATUS_CODE.RangeNotSatisfiable, headers);
  }
  return await fileResponse(req, { filePath, size: info.size, headers, range });
}

/** A response that says no more than its status. */
export function standardResponse(status: StatusCode, headers?: HeadersInit): Response {
  const statusText = STATUS_TEXT[status];
  return new Response(
    statusText,
    headers ? { status, statusText, headers } : { status, statusText },
  );
}

function fileHeaders(filePath: string, info: Deno.FileInfo, etag: string | undefined): Headers {
  const headers = new Headers({ "accept-ranges": "bytes" });
  if (info.mtime) headers.set("last-modified", info.mtime.toUTCString());
  if (etag) headers.set("etag", etag);
  const type = mediaType(filePath);
  if (type) headers.set("content-type", type);
  return headers;
}

/** The tag decides where the client sent one; the time, which has whole seconds only, is the second choice. */
function isKnownToClient(req: Request, info: Deno.FileInfo, etag: string | undefined): boolean {
  const tags = req.headers.get("if-none-match");
  if (tags !== null) return !ifNoneMatch(tags, etag);
  const since = req.headers.get("if-modified-since");
  return since !== null && info.mtime !== null &&
    info.mtime.getTime() < new Date(since).getTime() + 1000;
}

interface Range {
  start: number;
  /** The last byte, included. */
  end: number;
}

/** The range that was asked for; undefined, that is the whole file, where the header is missing or not understood. */
function parseRange(header: string | null, size: number): Range | "impossible" | undefined {
  const [, first, last] = header?.match(/^bytes=(\d+)?-(\d+)?$/) ?? [];
  if (size === 0 || (first === undefined && last === undefined)) return undefined;
  const range = first === undefined
    ? { start: Math.max(0, size - Number(last)), end: size - 1 }
    : { start: Number(first), end: Math.min(Number(last ?? size - 1), size - 1) };
  return range.start > range.end ? "impossible" : range;
}

interface Content {
  filePath: string;
  size: number;
  headers: Headers;
  range: Range | undefined;
}

async function fileResponse(req: Request, content: Content): Promise<Response> {
  const { filePath, size, headers, range } = content;
  const length = range ? range.end - range.start + 1 : size;
  const status = range ? STATUS_CODE.PartialContent : STATUS_CODE.OK;
  if (range) headers.set("content-range", `bytes ${range.start}-${range.end}/${size}`);
  headers.set("content-length", String(length));
  const body = req.method === "HEAD" ? null : await openFrom(filePath, range?.start ?? 0);
  return new Response(body && body.pipeThrough(firstBytes(length)), {
    status,
    statusText: STATUS_TEXT[status],
    headers,
  });
}

async function openFrom(filePath: string, start: number): Promise<ReadableStream<Uint8Array>> {
  const file = await Deno.open(filePath);
  if (start > 0) await file.seek(start, Deno.SeekMode.Start);
  return file.readable;
}

/** Lets so many bytes through; a file that grows meanwhile must not exceed the announced length. */
function firstBytes(count: number): TransformStream<Uint8Array, Uint8Array<ArrayBuffer>> {
  let left = count;
  return new TransformStream({
    start(controller) {
      if (left === 0) controller.terminate();
    },
    transform(chunk, controller) {
      controller.enqueue(new Uint8Array(chunk.subarray(0, left)));
      left -= Math.min(left, chunk.length);
      if (left === 0) controller.terminate();
    },
  });
}

function nothingIfNotFound(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
