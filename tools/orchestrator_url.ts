/**
 * Which orchestrator a command line tool talks to.
 *
 * @module
 */
import { UsageError } from "../platform/arguments.ts";
import { t } from "../platform/words.ts";

/** Where the orchestrator of this machine listens. */
export const LOCAL_ORCHESTRATOR = "http://127.0.0.1:5000";

/** @throws {UsageError} When `--orchestrator` is no http address. */
export function orchestratorUrl(flag: string | undefined): string {
  if (flag === undefined) return LOCAL_ORCHESTRATOR;
  if (/^https?:$/.test(URL.parse(flag)?.protocol ?? "")) return flag;
  const takes = t("takes.url", { url: LOCAL_ORCHESTRATOR });
  throw new UsageError(t("flag.wrong", { flag: "orchestrator", value: flag, takes }));
}
