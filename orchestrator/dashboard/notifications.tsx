/**
 * Where notifications go, how that works out, and a button to try it.
 *
 * @module
 */
import type { Notifier } from "../notify/notifier.ts";
import { Act, Empty, Moment } from "./parts.tsx";
import type { View } from "./view.ts";

export function Notifications({ view, notifier }: { view: View; notifier: Notifier }) {
  const { t, format } = view;
  const channels = notifier.channels();
  return (
    <section class="card" aria-labelledby="notifications">
      <h2 id="notifications">{t("notify.title")}</h2>
      {channels.length === 0 ? <Empty>{t("notify.nobody")}</Empty> : (
        <>
          <table class="rows">
            <thead>
              <tr>
                <th scope="col">{t("notify.channel")}</th>
                <th scope="col" class="right">{t("notify.waiting")}</th>
                <th scope="col">{t("notify.last")}</th>
                <th scope="col">{t("notify.problem")}</th>
              </tr>
            </thead>
            <tbody>
              {channels.map((channel) => (
                <tr>
                  <th scope="row">{channel.name}</th>
                  <td class="right">{format.number(channel.waiting)}</td>
                  <td>
                    <Moment view={view} at={channel.last_delivered} />
                  </td>
                  <td>{channel.problem ?? ""}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <Act view={view} action="/ui/notify/test" fields={{}} label={t("notify.send_test")} />
        </>
      )}
    </section>
  );
}
