/**
 * Handing work in: a file, a pasted text, or a sweep over parameters. The browser's part makes it
 * comfortable; a plain form does the same without it.
 *
 * @module
 */
// deno-lint-ignore-file jsx-key -- keys are for lists that change in a browser
import { NAMED_PRIORITIES } from "../../contract/task.ts";
import { checkTaskFile } from "../../contract/task_file_check.ts";
import type { TaskFileError } from "../../contract/task_file.ts";
import type { WordKey } from "../../platform/i18n.ts";
import { parameterChecks } from "../../simulation/parameter_check.ts";
import { HARD_DISK_PARAMETERS } from "../../simulation/parameters.ts";
import { ALGORITHMS } from "../../simulation/registry.ts";
import { estimateSeconds } from "../api/estimate.ts";
import type { Farm } from "../farm.ts";
import { Page } from "./page.tsx";
import type { View } from "./view.ts";

/** Larger texts are checked when they are handed in, not while they are written. */
export const PREVIEW_BYTES_MAX = 2 * 1024 * 1024;
/** Tasks that are named in a preview. */
const PREVIEW_TASKS = 5;

/** What the browser's part is told: the form is made of the algorithms' own ranges. */
export interface SubmitSettings {
  readonly algorithms: readonly { readonly name: string; readonly description: string }[];
  readonly parameters: readonly {
    readonly name: string;
    readonly min: number;
    readonly max: number;
    readonly value: number;
  }[];
  readonly priorities: readonly string[];
  readonly tasksMax: number;
  readonly previewBytesMax: number;
  readonly words: Readonly<Record<string, string>>;
}

const WORDS = [
  "submit.drop",
  "submit.choose",
  "submit.paste",
  "submit.sweep",
  "submit.file",
  "submit.text",
  "submit.send",
  "submit.sending",
  "submit.name",
  "submit.prefix",
  "submit.values_hint",
  "submit.preview",
  "submit.preview_wait",
  "submit.too_large",
  "submit.estimate",
  "submit.no_estimate",
  "submit.count",
  "submit.more",
  "submit.errors",
  "submit.unreachable",
  "submit.repeats",
  "column.algorithm",
  "column.priority",
  "column.description",
] as const satisfies readonly WordKey[];

function settingsOf(farm: Farm, { t }: View): SubmitSettings {
  const { parameterDefaults, fileLimits } = farm.config;
  return {
    algorithms: Object.values(ALGORITHMS).map(({ name, description }) => ({ name, description })),
    parameters: HARD_DISK_PARAMETERS.map(({ name, min, max }) => ({
      name,
      min,
      max,
      value: parameterDefaults[name],
    })),
    priorities: Object.keys(NAMED_PRIORITIES),
    tasksMax: fileLimits.tasksMax,
    previewBytesMax: PREVIEW_BYTES_MAX,
    // Values stay in the sentence for the browser to put in.
    words: Object.fromEntries(WORDS.map((key) => [key, t(key)])),
  };
}

/** A text that was handed in and not taken. */
interface Refused {
  readonly text: string;
  readonly errors: readonly TaskFileError[];
  readonly total: number;
}

export function submitPage(
  { farm }: { farm: Farm },
  view: View,
  refused: Refused | null = null,
) {
  const { t } = view;
  return (
    <Page view={view} title={t("nav.submit")} page="submit" topics={[]}>
      <h1>{t("nav.submit")}</h1>
      <p class="lead">{t("submit.lead")}</p>
      {view.mayAct ? <SubmitForm farm={farm} view={view} refused={refused} /> : null}
    </Page>
  );
}

function SubmitForm(
  { farm, view, refused }: { farm: Farm; view: View; refused: Refused | null },
) {
  const { t } = view;
  return (
    <div id="submit" data-settings={JSON.stringify(settingsOf(farm, view))}>
      <form method="post" action="/ui/submit" class="card stack">
        <label>
          {t("submit.text")}
          <textarea name="text" rows={14} spellcheck={false} required>
            {refused?.text ?? ""}
          </textarea>
        </label>
        <label>
          {t("submit.name")}
          <input name="name" maxlength={200} />
        </label>
        {refused === null ? null : (
          <div class="failure" role="alert">
            <p>{t("submit.errors", { n: refused.total })}</p>
            <ul>{refused.errors.map((error) => <li>{error.message}</li>)}</ul>
          </div>
        )}
        <button type="submit" class="primary">{t("submit.send")}</button>
      </form>
    </div>
  );
}

/** What a text would come to if it were handed in. */
export interface SubmitPreview {
  readonly tasks: number;
  readonly first: readonly string[];
  readonly estimate_seconds: number | null;
  readonly errors: readonly TaskFileError[];
  readonly errors_total: number;
}

export async function previewOf(farm: Farm, text: string): Promise<SubmitPreview> {
  const algorithms = parameterChecks(farm.config.parameterDefaults);
  const checked = checkTaskFile(text, { algorithms, limits: farm.config.fileLimits });
  if (!checked.ok) {
    const { errors, errorsTotal } = checked;
    return {
      tasks: 0,
      first: [],
      estimate_seconds: null,
      errors: errors.slice(0, 100),
      errors_total: errorsTotal,
    };
  }
  return {
    tasks: checked.tasks.length,
    first: checked.tasks.slice(0, PREVIEW_TASKS).map(({ spec }) =>
      `${spec.task_id}: ${spec.algorithm_written} ${JSON.stringify(spec.parameters)}`
    ),
    estimate_seconds: await estimateSeconds(farm, checked.tasks),
    errors: [],
    errors_total: 0,
  };
}
