/**
 * A digest as people read it: a title, a line for each event, in their language.
 *
 * @module
 */
import { type Language, type Translate, translator, type WordValues } from "../../platform/i18n.ts";
import type { DigestContent } from "./digest.ts";
import type { FarmEvent } from "./farm_event.ts";

/** Longest line: an error text may be long, and chats cut whole messages. */
const LINE_LENGTH_MAX = 300;

/** A message before a channel gives it its form. */
export interface Message {
  /** The same at every try, so that a receiver can drop repetitions. */
  readonly id: string;
  /** Epoch ms. */
  readonly at: number;
  readonly title: string;
  readonly lines: readonly string[];
  readonly events: readonly FarmEvent[];
  /** Something went wrong: it deserves a louder channel, or a colour. */
  readonly bad: boolean;
}

/** Writes the message of a digest. `now` is epoch ms. */
export function composeMessage(
  { events, more }: DigestContent,
  { language, now }: { readonly language: Language; readonly now: number },
): Message {
  const t = translator(language);
  const lines = events.map((event) => shortened(lineOf(event, t)));
  for (const [kind, count] of more) {
    lines.push(t("notify.more", { count, what: t(`notify.kind.${kind}`) }));
  }
  const total = events.length + [...more.values()].reduce((sum, count) => sum + count, 0);
  const title = lines.length === 1
    ? lines[0]!
    : t("notify.several", { count: total, first: lines[0]! });
  return {
    id: `msg_${crypto.randomUUID().replaceAll("-", "")}`,
    at: now,
    title: shortened(`Enjambre: ${title}`, 150),
    lines,
    events,
    bad: events.some(isBad),
  };
}

function isBad(event: FarmEvent): boolean {
  if (event.kind === "batch_finished") return event.failed > 0;
  return event.kind !== "test" && event.kind !== "worker_back";
}

function lineOf(event: FarmEvent, t: Translate): string {
  switch (event.kind) {
    case "task_failed":
      return t("notify.task_failed", plain({ ...event, worker: event.worker ?? "-" }));
    case "batch_finished": {
      const clean = event.completed === event.tasks;
      return t(
        clean ? "notify.batch_completed" : "notify.batch_finished",
        plain({ ...event, time: timeText(event.seconds) }),
      );
    }
    case "worker_lost":
      return t(event.tasks === 0 ? "notify.idle_worker_lost" : "notify.worker_lost", plain(event));
    default:
      return t(`notify.${event.kind}`, plain(event));
  }
}

function timeText(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Ids and error texts are data: they cannot bring lines or control characters of their own. */
function plain(values: Readonly<Record<string, string | number>>): WordValues {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      // deno-lint-ignore no-control-regex
      typeof value === "number" ? value : value.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, " "),
    ]),
  );
}

function shortened(text: string, lengthMax = LINE_LENGTH_MAX): string {
  const characters = [...text];
  return characters.length <= lengthMax ? text : `${characters.slice(0, lengthMax - 1).join("")}…`;
}
