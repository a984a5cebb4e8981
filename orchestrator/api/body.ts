/**
 * Request bodies: limited while they are read, and refused with a sentence.
 *
 * @module
 */
import { findSyntaxFault } from "../../contract/json_syntax.ts";
import { ProblemError } from "./problem.ts";

/** Most bytes of a body that carries no task file. */
const SMALL_BODY_BYTES_MAX = 64 * 1024;

/**
 * Reads a body of at most `bytesMax`.
 *
 * @throws {ProblemError} 413 as soon as it is known to be larger.
 */
export async function readBody(
  request: Request,
  bytesMax: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (announced > bytesMax) throw tooLarge(bytesMax);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > bytesMax) throw tooLarge(bytesMax);
    chunks.push(chunk);
  }
  const body = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.byteLength;
  }
  return body;
}

function tooLarge(bytesMax: number): ProblemError {
  return new ProblemError({
    status: 413,
    code: "body_too_large",
    detail: `The body is larger than the ${bytesMax} bytes that this call takes`,
    members: { bytes_max: bytesMax },
    // What is left of the body is not read, so the connection cannot be used again.
    headers: { connection: "close" },
  });
}

/** A small JSON object; an empty body counts as `{}`. */
export async function readJsonBody(request: Request): Promise<Record<string, unknown>> {
  const text = new TextDecoder().decode(await readBody(request, SMALL_BODY_BYTES_MAX));
  if (text.trim() === "") return {};
  const fault = findSyntaxFault(text);
  if (fault !== null) {
    const { line, column, problem } = fault;
    throw invalidBody(`The body is no JSON: ${problem} (line ${line}, column ${column})`);
  }
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalidBody("The body must be a JSON object");
  }
  return value as Record<string, unknown>;
}

function invalidBody(detail: string): ProblemError {
  return new ProblemError({ status: 400, code: "invalid_body", detail });
}
