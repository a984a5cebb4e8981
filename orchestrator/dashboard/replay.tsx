/**
 * The place on a task's page where its particles move: the replay of its trajectory, or what a
 * running simulation shows now. The browser's part fills it; without a script it says what is there.
 *
 * @module
 */
import type { WordKey } from "../../platform/i18n.ts";
import { isTerminal } from "../api/tasks.ts";
import type { TaskDetail } from "../store/store.ts";
import type { View } from "./view.ts";

/** Sentences that the browser's part says by itself. */
const WORDS = [
  "replay.play",
  "replay.pause",
  "replay.position",
  "replay.live",
  "replay.waiting",
  "replay.loading",
  "replay.none",
  "replay.broken",
  "replay.thinned",
  "replay.energy",
  "replay.particle_collisions",
  "replay.wall_collisions",
  "replay.step",
  "replay.unpaired",
  "replay.never_part",
  "replay.apart",
  "replay.part",
  "replay.other_none",
] as const satisfies readonly WordKey[];

const SPEEDS = [0.25, 0.5, 1, 2, 4];

function isRecorded(task: TaskDetail): boolean {
  return task.record !== undefined && task.status === "completed";
}

/**
 * Nothing for a task that ended without a recording, but how to get one. `other` is played along
 * where it was recorded too.
 */
export function Replay(
  { view, task, other }: { view: View; task: TaskDetail; other: TaskDetail | null },
) {
  const { t } = view;
  const words = Object.fromEntries(WORDS.map((key) => [key, t(key)]));
  const seen = isRecorded(task);
  const companion = other !== null && isRecorded(other) ? other : null;
  const open = !isTerminal(task.status);
  return (
    <section class="card" aria-labelledby="replay-title">
      <h2 id="replay-title">{t("replay.title")}</h2>
      {!seen && !open ? <p class="empty">{t("replay.unrecorded")}</p> : (
        <div
          id="replay"
          data-task={task.task_id}
          data-recorded={String(task.record !== undefined)}
          data-open={String(open)}
          data-other={companion?.task_id}
          data-words={JSON.stringify(words)}
        >
          <p class="hint" data-part="note" role="status">{t("replay.loading")}</p>
          <canvas
            data-part="stage"
            class="stage"
            tabindex={0}
            role="img"
            aria-label={t("replay.label")}
            hidden
          />
          <Controls view={view} />
          {companion === null ? null : <Companion view={view} task={task} other={companion} />}
          {other === null || companion !== null
            ? null
            : <p class="hint">{t("replay.other_none", { id: other.task_id })}</p>}
          <div class="charts apart" data-part="charts" hidden>
            {(["energy", "collisions"] as const).map((name) => (
              <figure class="card chart" data-figure={name}>
                <figcaption>{t(`replay.${name}_over_steps`)}</figcaption>
                <div class="plot"></div>
              </figure>
            ))}
          </div>
        </div>
      )}
    </section>
  );
}

/** Which particles are whose, and how long the two are the same. */
function Companion({ view, task, other }: { view: View; task: TaskDetail; other: TaskDetail }) {
  const { t } = view;
  return (
    <div class="player companion" data-part="companion" hidden>
      <span>
        <i class="disk" aria-hidden="true"></i> <span class="id">{task.task_id}</span>
      </span>
      <label>
        <input type="checkbox" data-part="overlay" checked />
        <i class="ring" aria-hidden="true"></i> <span class="id">{other.task_id}</span>
        <span class="unseen">{t("replay.overlay")}</span>
      </label>
      <p class="hint" data-part="parting"></p>
    </div>
  );
}

function Controls({ view }: { view: View }) {
  const { t, format } = view;
  return (
    <div class="player" data-part="controls" hidden>
      <button type="button" data-part="play">{t("replay.play")}</button>
      <label class="scrub">
        {t("replay.time")}
        <input type="range" data-part="scrub" min="0" max="1" step="1" value="0" />
      </label>
      <output data-part="position"></output>
      <label>
        {t("replay.speed")}
        <select data-part="speed">
          {SPEEDS.map((speed) => (
            <option value={String(speed)} selected={speed === 1}>{format.number(speed)}×</option>
          ))}
        </select>
      </label>
      <label>
        <input type="checkbox" data-part="colors" checked /> {t("replay.colors")}
      </label>
      <label>
        <input type="checkbox" data-part="trails" /> {t("replay.trails")}
      </label>
      <p class="hint">{t("replay.keys")}</p>
    </div>
  );
}
