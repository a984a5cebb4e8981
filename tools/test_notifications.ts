/**
 * `deno task notify:test`: sends a test to every channel of NOTIFY_URLS and says what became of it.
 *
 * @module
 */
import { composeMessage } from "../orchestrator/notify/message.ts";
import { readNotifySettings } from "../orchestrator/notify/notify_settings.ts";
import { type CommandSpec, EXIT, runProgram, UsageError } from "../platform/arguments.ts";
import { readSettings } from "../platform/settings.ts";
import { out, styler } from "../platform/terminal.ts";

/** Time for one channel, ms. */
const SEND_MS = 20_000;

const COMMAND: CommandSpec<Record<never, never>> = {
  command: "deno task notify:test",
  summary:
    "Sends a test to every channel of NOTIFY_URLS. Exit 0 when all took it, 3 when some did.",
  examples: ["deno task notify:test", "NOTIFY_URLS=ntfy://ntfy.sh/my_farm deno task notify:test"],
  flags: {},
};

async function main(): Promise<number> {
  const { channels, language } = readNotifySettings(readSettings(Deno.cwd()));
  if (channels.length === 0) {
    throw new UsageError("NOTIFY_URLS is empty: name a channel in .env or in the environment");
  }
  const now = Date.now();
  const content = { events: [{ kind: "test", at: now }], more: new Map() } as const;
  const message = composeMessage(content, { language, now });
  const style = styler();
  const taken = await Promise.all(channels.map(async (channel) => {
    try {
      await channel.send(message, AbortSignal.timeout(SEND_MS));
      out(`${style("green", "sent")}    ${channel.name}`);
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : "It failed";
      out(`${style("red", "failed")}  ${channel.name}: ${reason}`);
      return false;
    }
  }));
  if (taken.every(Boolean)) return EXIT.ok;
  return taken.some(Boolean) ? EXIT.partial : EXIT.failure;
}

if (import.meta.main) await runProgram(COMMAND, main);
