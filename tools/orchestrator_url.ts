/**
 * Which orchestrator a command line tool talks to.
 *
 * @module
 */
import { UsageError } from "../platform/arguments.ts";

/** Where the orchestrator of this machine listens. */
export const LOCAL_ORCHESTRATOR = "http://127.0.0.1:5000";

/** @throws {UsageError} When `--orchestrator` is no http address. */
export function orchestratorUrl(flag: string | undefined): string {
  if (flag === undefined) return LOCAL_ORCHESTRATOR;
  if (/^https?:$/.test(URL.parse(flag)?.protocol ?? "")) return flag;
  throw new UsageError(
    `--orchestrator is "${flag}" but takes a URL such as ${LOCAL_ORCHESTRATOR}`,
  );
}
