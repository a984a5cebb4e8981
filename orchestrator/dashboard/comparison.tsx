/**
 * Two tasks side by side: what differs in their inputs, and whether the same inputs gave the same
 * particles, bit for bit.
 *
 * @module
 */
import { parseTaskContent } from "../../contract/task.ts";
import type { TaskDetail } from "../store/store.ts";
import { NOTHING } from "./format.ts";
import { TaskLink, WorkerLink } from "./parts.tsx";
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
  const inputs = [left, right].map((task) => [task, inputsOf(task)] as const);
  const names = new Set(inputs.flatMap(([, values]) => [...values.keys()]));
  const time = (task: TaskDetail) =>
    format.seconds(task.execution_ms === null ? null : task.execution_ms / 1000);
  return (
    <>
      <p class="verdict">{verdict(view, left, right)}</p>
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
            <tr>
              <th scope="row">{t("column.worker")}</th>
              {[left, right].map((task) => (
                <td>
                  <WorkerLink id={task.worker} />
                </td>
              ))}
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

/** What the two have to say about each other, in a sentence. */
function verdict({ t }: View, left: TaskDetail, right: TaskDetail): string {
  const hashes = [left, right].map((task) => task.result?.metrics["state_sha256"]);
  if (hashes.some((hash) => hash === undefined)) return t("compare.open");
  const sameHash = hashes[0] === hashes[1];
  if (left.content === right.content) {
    return t(sameHash ? "compare.identical" : "compare.broken");
  }
  if (sameHash) return t("compare.alike");
  const inputs = [left, right].map(inputsOf);
  const others = [...inputs[0]!].filter(([name, value]) => inputs[1]!.get(name) !== value);
  const sameSeed = inputs[0]!.get("seed") === inputs[1]!.get("seed");
  return sameSeed
    ? t("compare.same_seed", { names: others.map(([name]) => name).join(", ") })
    : t("compare.different");
}

/** The algorithm counts too: each has its own physics. */
function inputsOf(task: TaskDetail): Map<string, unknown> {
  const [algorithm, parameters] = parseTaskContent(task.content);
  return new Map(Object.entries({ algorithm, ...parameters }));
}
