/**
 * The list of URLs of NOTIFY_URLS, as users know them from similar tools, becomes channels.
 *
 * @module
 */
import { UsageError } from "../../platform/arguments.ts";
import type { Channel } from "./channel.ts";
import { emailChannel } from "./email.ts";
import { WEBHOOK_FORMATS, webhookChannel } from "./webhook.ts";

const SHAPES =
  "slack://, discord://, teams://, ntfy:// or webhook:// with the address behind it (https; " +
  "slack+http:// for plain http), https://… (a signed webhook), smtp:// or smtps://user:password@" +
  "host:port/?to=…&from=…";

/**
 * The channels of NOTIFY_URLS, in order.
 *
 * @throws {UsageError} Which entry is wrong, without repeating it.
 */
export function openChannels(
  urls: readonly string[],
  { secret }: { readonly secret: string | null },
): Channel[] {
  return urls.map((text, at) => {
    const fail = (why: string): never => {
      throw new UsageError(`Entry ${at + 1} of NOTIFY_URLS ${why}`);
    };
    if (/%(?![0-9a-f]{2})/i.test(text)) return fail("holds a % that is no escape; write %25");
    const url = URL.parse(text);
    if (url === null || url.host === "") return fail(`is no address; it takes ${SHAPES}`);
    if (url.protocol === "smtp:" || url.protocol === "smtps:") return emailChannel(url, fail);
    const [kind = "", transport = "https"] = url.protocol.slice(0, -1).split("+");
    const plain = kind === "https" || kind === "http";
    const format = WEBHOOK_FORMATS.find((known) => known === (plain ? "webhook" : kind));
    if (format === undefined || (transport !== "https" && transport !== "http")) {
      return fail(`begins with "${url.protocol}//"; it takes ${SHAPES}`);
    }
    if (format === "webhook" && secret === null) {
      return fail("is a signed webhook, which needs NOTIFY_WEBHOOK_SECRET");
    }
    const target = (plain ? kind : transport) + text.slice(text.indexOf(":"));
    return webhookChannel(format, new URL(target), { secret });
  });
}
