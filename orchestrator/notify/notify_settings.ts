/**
 * The settings of notifications, from the environment and `.env` only: their addresses are secrets.
 *
 * @module
 */
import { UsageError } from "../../platform/arguments.ts";
import { type Language, LANGUAGES } from "../../platform/i18n.ts";
import type { Settings } from "../../platform/settings.ts";
import type { Channel } from "./channel.ts";
import { openChannels } from "./channels.ts";
import { NOTIFIED_EVENTS, type NotifiedEvent } from "./farm_event.ts";

export interface NotifySettings {
  /** NOTIFY_URLS. @default none: nobody is told anything */
  readonly channels: readonly Channel[];
  /** NOTIFY_EVENTS. @default all of them */
  readonly events: readonly NotifiedEvent[];
  /** NOTIFY_DIGEST_SECONDS: least time between two messages. @default 60000 */
  readonly digestMs: number;
  /** NOTIFY_STUCK_MINUTES: nothing ends while tasks wait; 0 = never told. @default 15 */
  readonly stuckMinutes: number;
  /** NOTIFY_DISK_LOW_MB: less free space than this is told; 0 = never. @default 1024 */
  readonly diskLowMb: number;
  /** NOTIFY_LANGUAGE. @default "en" */
  readonly language: Language;
}

/** @throws {UsageError} One sentence, which repeats no address. */
export function readNotifySettings(settings: Settings): NotifySettings {
  const urls = settings.text("NOTIFY_URLS", { fallback: "" }).split(/\s+/).filter(Boolean);
  const secret = settings.text("NOTIFY_WEBHOOK_SECRET", { fallback: "" });
  checkSecret(secret);
  return {
    channels: Object.freeze(openChannels(urls, { secret: secret === "" ? null : secret })),
    events: Object.freeze(readEvents(settings)),
    digestMs: 1000 *
      settings.number("NOTIFY_DIGEST_SECONDS", { fallback: 60, min: 0, max: 86_400 }),
    stuckMinutes: settings.number("NOTIFY_STUCK_MINUTES", { fallback: 15, min: 0, max: 100_000 }),
    diskLowMb: settings.integer("NOTIFY_DISK_LOW_MB", { fallback: 1024, min: 0 }),
    language: settings.choice("NOTIFY_LANGUAGE", LANGUAGES, { fallback: "en" }),
  };
}

function readEvents(settings: Settings): NotifiedEvent[] {
  const all = NOTIFIED_EVENTS.join(",");
  const words = settings.text("NOTIFY_EVENTS", { fallback: all }).split(",").map((one) =>
    one.trim()
  );
  return words.map((word) => {
    const event = NOTIFIED_EVENTS.find((known) => known === word);
    if (event !== undefined) return event;
    throw new UsageError(`NOTIFY_EVENTS names "${word}" but takes some of ${all}`);
  });
}

/** A wrong secret must show at the start, not at the first failure in the night. */
function checkSecret(secret: string): void {
  if (!secret.startsWith("whsec_")) return;
  try {
    Uint8Array.fromBase64(secret.slice(6));
  } catch {
    throw new UsageError("NOTIFY_WEBHOOK_SECRET begins with whsec_ but no base64 follows");
  }
}
