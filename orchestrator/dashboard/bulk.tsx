/**
 * Before many tasks are cancelled or run again: what exactly is going to happen, to how many.
 *
 * @module
 */
import { TASK_STATUSES } from "../../contract/task.ts";
import { isEligible } from "../api/bulk.ts";
import type { Farm } from "../farm.ts";
import { Page } from "./page.tsx";
import { offFor } from "./parts.tsx";
import { queryOf, writtenFilter } from "./tasks.tsx";
import { link, type View } from "./view.ts";

export type BulkAction = "cancel" | "retry";

export function readAction(value: unknown): BulkAction {
  return value === "retry" ? "retry" : "cancel";
}

export async function bulkPage({ farm }: { farm: Farm }, view: View) {
  const { t, url } = view;
  const action = readAction(url.searchParams.get("action"));
  const filter = writtenFilter(url.searchParams);
  const query = await queryOf(farm.store, url.searchParams);
  const status = (query.status ?? TASK_STATUSES).filter((status) => isEligible(action, status));
  const n = status.length === 0 ? 0 : await farm.store.count({ ...query, status });
  const title = t(`bulk.${action}.title`);
  return (
    <Page view={view} title={title} page="tasks" topics={[]}>
      <section class="card confirm">
        <h1>{title}</h1>
        <p class="question">{t(`bulk.${action}.question`, { n })}</p>
        <dl class="facts">
          {Object.keys(filter).length === 0
            ? (
              <div>
                <dt>{t("bulk.filter")}</dt>
                <dd>{t("bulk.everything")}</dd>
              </div>
            )
            : Object.entries(filter).map(([name, value]) => (
              <div>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
        </dl>
        <form method="post" action="/ui/bulk" class="actions">
          <input type="hidden" name="action" value={action} />
          {Object.entries(filter).map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          <button
            type="submit"
            class={action === "cancel" ? "danger" : "primary"}
            disabled={n === 0}
            {...offFor(view)}
          >
            {t(`bulk.${action}.do`, { n })}
          </button>
          <a class="button" href={link("/ui/tasks", filter)}>{t("bulk.back")}</a>
        </form>
      </section>
    </Page>
  );
}
