/**
 * Failures by what they say: a thousand failed tasks are seldom more than three problems.
 *
 * @module
 */
import { listErrors } from "../api/errors.ts";
import type { Farm } from "../farm.ts";
import type { Listeners } from "../listeners/listeners.ts";
import { Notifications } from "./notifications.tsx";
import { Page } from "./page.tsx";
import { ActLink, Empty, Moment, Pager, TaskLink } from "./parts.tsx";
import { here, link, type View } from "./view.ts";

const PAGE_SIZE = 50;

export async function errorsPage(
  { farm, listeners }: { farm: Farm; listeners: Pick<Listeners, "notifier"> },
  view: View,
) {
  const { t, url, format } = view;
  const cursor = url.searchParams.get("cursor");
  const { groups, total, next } = await listErrors(farm.store, { limit: PAGE_SIZE, cursor });
  return (
    <Page view={view} title={t("nav.errors")} page="errors" topics={["stats"]}>
      <h1>{t("nav.errors")}</h1>
      <section id="list" data-refresh="stats">
        {groups.length === 0
          ? <Empty>{t("errors.none")}</Empty>
          : (
            <div class="wide card" tabindex={0} role="region" aria-label={t("nav.errors")}>
              <table class="rows">
                <thead>
                  <tr>
                    <th scope="col">{t("column.error")}</th>
                    <th scope="col" class="right">{t("errors.now")}</th>
                    <th scope="col" class="right">{t("errors.ever")}</th>
                    <th scope="col">{t("errors.first")}</th>
                    <th scope="col">{t("errors.last")}</th>
                    <th scope="col">{t("errors.samples")}</th>
                    <th scope="col">{t("errors.act")}</th>
                  </tr>
                </thead>
                <tbody>
                  {groups.map((group) => (
                    <tr>
                      <th scope="row" class="message">
                        <a href={link("/ui/tasks", { error: group.id })}>{group.message}</a>
                        <small class="about">{`${group.kind} · ${group.code}`}</small>
                      </th>
                      <td class="right">{format.number(group.count)}</td>
                      <td class="right">{format.number(group.total)}</td>
                      <td>
                        <Moment view={view} at={group.first_seen} />
                      </td>
                      <td>
                        <Moment view={view} at={group.last_seen} />
                      </td>
                      <td>
                        {group.samples.map((id, at) => (
                          <>
                            {at === 0 ? "" : ", "}
                            <TaskLink id={id} />
                          </>
                        ))}
                      </td>
                      <td>
                        {group.count === 0 ? null : (
                          <ActLink
                            view={view}
                            href={link("/ui/bulk", { action: "retry", error: group.id })}
                            label={t("errors.retry", { n: group.count })}
                          />
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        <Pager
          view={view}
          shown={groups.length}
          total={total}
          first={cursor === null ? null : here(view, { cursor: null })}
          next={next === null ? null : here(view, { cursor: next })}
        />
      </section>
      <Notifications view={view} notifier={listeners.notifier} />
    </Page>
  );
}
