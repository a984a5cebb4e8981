/**
 * `POST /tasks`: the task file of somebody who cannot reach the folder. It is checked like a dropped
 * file and then dropped, so that there is one way into the farm.
 *
 * @module
 */
import { Hono } from "hono";
import type { TaskFileError } from "../../contract/task_file.ts";
import { parseTaskFile } from "../../contract/task_file_text.ts";
import type { Farm } from "../farm.ts";
import { readBody } from "./body.ts";
import { refuseUnknown } from "./parameters.ts";
import { ProblemError } from "./problem.ts";
import { takesQuery } from "./taking.ts";

/** The body is the text of the file. */
export function submitRoutes(farm: Farm) {
  const query = takesQuery<{ readonly name?: string }, { name: string }>(readName);
  return new Hono().post("/tasks", query, async (c) => {
    const { name } = c.req.valid("query");
    const bytes = await readBody(c.req.raw, farm.config.fileLimits.bytesMax);
    const dropped = await farm.inbox.drop(decode(bytes, farm), name === "" ? {} : { name });
    if ("closed" in dropped) throw intakeClosed(dropped.closed);
    if ("errors" in dropped) throw refused(dropped.errors, dropped.total);
    return c.json(dropped, 202);
  });
}

function readName(search: URLSearchParams): { name: string } {
  refuseUnknown(search.keys(), ["name"]);
  return { name: search.get("name") ?? "" };
}

/** Text of a body that is UTF-8; anything else would come out as other characters. */
function decode(bytes: Uint8Array<ArrayBuffer>, farm: Farm): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const { errors } = parseTaskFile(bytes, farm.config.fileLimits);
    throw refused(errors, errors.length);
  }
}

/** Time after which a client may try again, s. */
const RETRY_AFTER_S = "30";

/** No file is taken now, for this reason. */
export function intakeClosed(reason: string): ProblemError {
  return new ProblemError({
    status: 503,
    code: "intake_closed",
    detail: `Nothing was queued: ${reason}`,
    headers: { "retry-after": RETRY_AFTER_S },
  });
}

function refused(errors: readonly TaskFileError[], total: number): ProblemError {
  const first = errors[0];
  return new ProblemError({
    status: 400,
    code: "invalid_task_file",
    detail: `Nothing was queued: ${total === 1 ? "1 error" : `${total} errors`}; ` +
      `the first: ${first?.message ?? "unknown"}`,
    members: { errors, errors_total: total },
  });
}
