/**
 * `deno task notify:test`: sends a test to every channel of NOTIFY_URLS and says what became of it.
 *
 * @module
 */
import { composeMessage } from "../orchestrator/notify/message.ts";
import { readNotifySettings } from "../orchestrator/notify/notify_settings.ts";
import { EXIT, UsageError, type WordedCommand } from "../platform/arguments.ts";
import { messageOf } from "../platform/error_message.ts";
import { runProgram } from "../platform/program.ts";
import { readSettings } from "../platform/settings.ts";
import { out, styler } from "../platform/terminal.ts";
import { t } from "../platform/words.ts";

/** Time for one channel, ms. */
const SEND_MS = 20_000;

const COMMAND: WordedCommand<Record<never, never>> = {
  command: "deno task notify:test",
  summary: "cli.notify_test",
  examples: ["deno task notify:test", "NOTIFY_URLS=ntfy://ntfy.sh/my_farm deno task notify:test"],
  flags: {},
};

async function main(): Promise<number> {
  const { channels, language } = readNotifySettings(readSettings(Deno.cwd()));
  if (channels.length === 0) {
    throw new UsageError(t("notify.none"));
  }
  const now = Date.now();
  const content = { events: [{ kind: "test", at: now }], more: new Map() } as const;
  const message = composeMessage(content, { language, now });
  const style = styler();
  const [sent, failed] = [t("notify.sent"), t("notify.failed")];
  const column = Math.max(sent.length, failed.length) + 2;
  const taken = await Promise.all(channels.map(async (channel) => {
    try {
      await channel.send(message, AbortSignal.timeout(SEND_MS));
      out(`${style("green", sent.padEnd(column))}${channel.name}`);
      return true;
    } catch (error) {
      out(`${style("red", failed.padEnd(column))}${channel.name}: ${messageOf(error)}`);
      return false;
    }
  }));
  if (taken.every(Boolean)) return EXIT.ok;
  return taken.some(Boolean) ? EXIT.partial : EXIT.failure;
}

if (import.meta.main) await runProgram(COMMAND, main);
