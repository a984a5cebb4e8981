/**
 * What workers answer, and what it means when they do not.
 *
 * @module
 */
import { z } from "zod";

/** The process that answers is not the one that was meant. */
export class OtherEpochError extends Error {
  override readonly name = "OtherEpochError";
}

/** The text of an answer; throws when it is longer than `bytesMax`, whoever sends it. */
export async function readBounded(response: Response, bytesMax: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) throw new Error(`Its answer is longer than ${bytesMax} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text;
}

/** One sentence about an answer that is none of the good ones. */
export function refusalOf(status: number, call: string): string {
  if (status !== 401) return `It answered ${status} to ${call}`;
  return "It does not take the token of this orchestrator: start both with the same token file or " +
    "FARM_TOKEN";
}

/** One sentence about what went wrong, without a stack and without our own wrapping. */
export function describeFailure(error: unknown): string {
  if (error instanceof z.ZodError) {
    return `It sent something else: ${z.prettifyError(error).slice(0, 300)}`;
  }
  if (!(error instanceof Error)) return String(error);
  if (isRefused(error)) return "Connection refused: is the worker running?";
  if (error.name === "TimeoutError") return "It did not answer in time";
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/** Whether nobody listens there: the process is gone. */
export function isRefused(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const text = `${error.message} ${error.cause instanceof Error ? error.cause.message : ""}`;
  return /connection refused|os error (111|61|10061)\b/i.test(text);
}

/** Whether somebody answers there, but not what the contract says. */
export function isMisspoken(error: unknown): boolean {
  return error instanceof z.ZodError || error instanceof SyntaxError || error instanceof RangeError;
}
