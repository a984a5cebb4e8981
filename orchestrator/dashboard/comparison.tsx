/**
 * Two tasks side by side: what differs in their inputs, and whether the same inputs gave the same
 * particles, bit for bit.
 *
 * @module
 */
import { parseTaskContent } from "../../contract/task.ts";
import type { TaskDetail } from "../store/store.ts";
import { NOTHING } from "./format.ts";
import { TaskLink } from "./parts.tsx";
import type { View } from "./view.ts";

/** Counters and energy are worth a look; the rest of the metrics depends on the machine. */
const RESULTS = [
  "particle_collisions",
  "wall_collisions",
  "kinetic_energy",
  "state_sha256",
] as const;

export function Comparison(
  { view, left, right }: { view: View; left: TaskDetail; right: TaskDetail },
) {
  const { t, format } = view;
  const inputs: [TaskDetail, Map<string, unknown>][] = [left, right].map((task) => {
    const [algorithm, parameters] = parseTaskContent(task.content);
    return [task, new Map(Object.entries({ algorithm, ...parameters }))];
  });
  const names = new Set(inputs.flatMap(([, values]) => [...values.keys()]));
  const time = (task: TaskDetail) =>
    format.seconds(task.execution_ms === null ? null : task.execution_ms / 1000);
  return (
    <>
      <p class="hint">{t(verdict(left, right))}</p>
      <div class="wide" tabindex={0} role="region" aria-label={t("compare.title")}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("compare.what")}</th>
              {inputs.map(([task]) => (
                <th scope="col">
                  <TaskLink id={task.task_id} />
                </th>
              ))}
              <th scope="col">{t("compare.same")}</th>
            </tr>
          </thead>
          <tbody>
            {[...names].map((name) => (
              <Row
                view={view}
                name={name}
                values={inputs.map(([, values]) => values.get(name))}
              />
            ))}
            {RESULTS.map((name) => (
              <Row
                view={view}
                name={name}
                values={[left, right].map((task) => task.result?.metrics[name])}
              />
            ))}
            <tr>
              <th scope="row">{t("column.duration")}</th>
              <td>{time(left)}</td>
              <td>{time(right)}</td>
              <td></td>
            </tr>
          </tbody>
        </table>
      </div>
    </>
  );
}

function Row({ view, name, values }: { view: View; name: string; values: readonly unknown[] }) {
  const same = JSON.stringify(values[0]) === JSON.stringify(values[1]);
  return (
    <tr class={same ? "" : "differs"}>
      <th scope="row">{name}</th>
      {values.map((value) => (
        <td class="hash">
          {value === undefined
            ? NOTHING
            : typeof value === "string"
            ? value
            : JSON.stringify(value)}
        </td>
      ))}
      <td>
        {values.every((value) => value === undefined)
          ? NOTHING
          : view.t(same ? "compare.yes" : "compare.no")}
      </td>
    </tr>
  );
}

function verdict(left: TaskDetail, right: TaskDetail) {
  const hashes = [left, right].map((task) => task.result?.metrics["state_sha256"]);
  if (hashes.some((hash) => hash === undefined)) return "compare.open";
  const sameInputs = parametersOf(left) === parametersOf(right);
  const sameHash = hashes[0] === hashes[1];
  if (sameInputs) return sameHash ? "compare.identical" : "compare.broken";
  return sameHash ? "compare.alike" : "compare.different";
}

/** Algorithms give the same particles for the same parameters, so their names do not count. */
function parametersOf(task: TaskDetail): string {
  return JSON.stringify(parseTaskContent(task.content)[1]);
}
