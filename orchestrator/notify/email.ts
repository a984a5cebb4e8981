/**
 * Messages as email, over one SMTP server.
 *
 * @module
 */
import { Mailer, MailError } from "../../platform/mailer.ts";
import { type Channel, DeliveryError } from "./channel.ts";

/** `smtp://user:password@host:port/?to=a@b,c@d&from=e@f`; `fail` says what is wrong with it. */
export function emailChannel(url: URL, fail: (why: string) => never): Channel {
  const to = addresses(url.searchParams.get("to"));
  const user = decodeURIComponent(url.username);
  const from = url.searchParams.get("from") ??
    (isAddress(user) ? user : `enjambre@${url.hostname}`);
  if (to.length === 0) return fail("names nobody: add ?to=somebody@example.org");
  if (![...to, from].every(isAddress)) return fail("has a to or from that is no email address");
  const secure = url.protocol === "smtps:";
  const mailer = new Mailer({
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? (secure ? 465 : 587) : Number(url.port),
    secure,
    ...(user === "" ? {} : { user, password: decodeURIComponent(url.password) }),
  });
  return {
    name: `email (${url.host})`,
    async send({ id, title, lines }, signal) {
      const text = `${lines.join("\n")}\n`;
      try {
        await mailer.send({ id: `${id}@enjambre`, from, to, subject: title, text }, signal);
      } catch (error) {
        if (!(error instanceof MailError)) throw error;
        throw new DeliveryError(error.message, { retryable: !error.permanent });
      }
    },
  };
}

function addresses(list: string | null): string[] {
  return (list ?? "").split(",").map((one) => one.trim()).filter((one) => one !== "");
}

/** No check of what exists; it only keeps line ends and display names out. */
function isAddress(text: string): boolean {
  return /^[^\s@<>,;"]+@[^\s@<>,;"]+$/.test(text);
}
