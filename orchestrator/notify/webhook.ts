/**
 * Messages over HTTP: Slack, Discord, Teams, ntfy, and for everything else a JSON document that is
 * signed as "Standard Webhooks" describes it.
 *
 * @module
 */
import { type Channel, DeliveryError } from "./channel.ts";
import type { Message } from "./message.ts";

export const WEBHOOK_FORMATS = ["slack", "discord", "teams", "ntfy", "webhook"] as const;
export type WebhookFormat = typeof WEBHOOK_FORMATS[number];

/** Time for a receiver to answer, ms. */
const ANSWER_MS = 10_000;
/** The longest wait that a receiver may ask for, ms. */
const RETRY_AFTER_MAX_MS = 15 * 60_000;
/** What Discord takes; Slack and ntfy take more. */
const TEXT_LENGTH_MAX = 1900;
const BLOCK_LENGTH_MAX = 2900;

interface Body {
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A channel that posts to `url`, which is never shown. */
export function webhookChannel(
  format: WebhookFormat,
  url: URL,
  { secret }: { readonly secret: string | null },
): Channel {
  // fetch takes no address with a password in it.
  const basic = url.username === "" ? null : btoa(
    `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`,
  );
  const target = new URL(url);
  target.username = target.password = "";
  return {
    name: `${format} (${url.host})`,
    async send(message, signal) {
      const { text, headers } = bodyOf(format, message);
      const signed = format === "webhook"
        ? await signature(secret ?? "", { id: message.id, at: Date.now(), text })
        : {};
      const authorization: Record<string, string> = basic === null
        ? {}
        : { authorization: `Basic ${basic}` };
      await post(target, {
        body: text,
        headers: { ...headers, ...signed, ...authorization },
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
      });
    },
  };
}

async function post(
  url: URL,
  init: { body: string; headers: Record<string, string>; signal: AbortSignal },
): Promise<void> {
  let response: Response;
  try {
    // A redirect would carry the message to somebody its user did not name.
    response = await fetch(url, { ...init, method: "POST", redirect: "manual" });
    await response.body?.cancel();
  } catch (error) {
    // The error's own text holds the address, and that is the secret.
    const late = error instanceof Error && error.name === "TimeoutError";
    const why = late ? `It did not answer within ${ANSWER_MS / 1000} s` : "It cannot be reached";
    throw new DeliveryError(why, { retryable: true });
  }
  if (response.ok) return;
  throw new DeliveryError(`It answered ${response.status}`, {
    retryable: response.status >= 500 || [408, 425, 429].includes(response.status),
    retryAfterMs: retryAfterMs(response.headers.get("retry-after"), Date.now()),
  });
}

/** Seconds or a date, as ms from `now`; null where nothing sensible is said. */
export function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null) return null;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) && ms >= 0 ? Math.min(ms, RETRY_AFTER_MAX_MS) : null;
}

/**
 * The three headers of Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`. A secret that begins
 * with `whsec_` is base64 behind that; any other is taken as text.
 */
export async function signature(
  secret: string,
  { id, at, text }: { readonly id: string; readonly at: number; readonly text: string },
): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(at / 1000));
  const encoder = new TextEncoder();
  const key = await crypto.subtle.importKey(
    "raw",
    secret.startsWith("whsec_") ? Uint8Array.fromBase64(secret.slice(6)) : encoder.encode(secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const mac = await crypto.subtle.sign("HMAC", key, encoder.encode(`${id}.${timestamp}.${text}`));
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${new Uint8Array(mac).toBase64()}`,
  };
}

const JSON_TYPE = { "content-type": "application/json" };

/** The body and headers that a format wants. */
export function bodyOf(format: WebhookFormat, message: Message): Body {
  const { title, lines } = message;
  const list = lines.map((line) => `• ${line}`).join("\n");
  switch (format) {
    case "slack":
      return json({
        text: slackText(title),
        blocks: [
          { type: "header", text: { type: "plain_text", text: title } },
          {
            type: "section",
            text: { type: "mrkdwn", text: cut(slackText(list), BLOCK_LENGTH_MAX) },
          },
        ],
      });
    case "discord":
      // Nobody is called by an @everyone inside an error text.
      return json({
        content: cut(`${title}\n${list}`, TEXT_LENGTH_MAX),
        allowed_mentions: { parse: [] },
      });
    case "teams":
      return json({ type: "message", attachments: [teamsCard(message)] });
    case "ntfy":
      return {
        text: cut(lines.join("\n"), TEXT_LENGTH_MAX),
        headers: {
          "content-type": "text/plain; charset=utf-8",
          // A header takes ASCII; ntfy decodes this form of it.
          "title": `=?UTF-8?B?${new TextEncoder().encode(title).toBase64()}?=`,
          "priority": message.bad ? "high" : "default",
        },
      };
    case "webhook":
      return json({
        type: "enjambre.notification",
        timestamp: new Date(message.at).toISOString(),
        data: { title, lines, bad: message.bad, events: message.events },
      });
  }
}

function json(value: unknown): Body {
  return { text: JSON.stringify(value), headers: JSON_TYPE };
}

/** The three characters that Slack gives a meaning. */
function slackText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function teamsCard({ title, lines, bad }: Message) {
  const block = (text: string, more: Record<string, unknown>) => ({
    type: "TextBlock",
    text,
    wrap: true,
    ...more,
  });
  return {
    contentType: "application/vnd.microsoft.card.adaptive",
    content: {
      $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
      type: "AdaptiveCard",
      version: "1.4",
      body: [
        block(title, { weight: "Bolder", color: bad ? "Attention" : "Good" }),
        ...lines.map((line) => block(line, {})),
      ],
    },
  };
}

function cut(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 1)}…`;
}
