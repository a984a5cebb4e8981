import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../platform/arguments.ts";
import { openChannels } from "./channels.ts";

Deno.test("openChannels() names each channel by kind and host alone", () => {
  const urls = [
    "slack://hooks.slack.com/services/T0/B0/s3cret",
    "discord://discord.com/api/webhooks/1/s3cret",
    "teams+http://127.0.0.1:8080/s3cret",
    "ntfy://user:s3cret@ntfy.sh/topic",
    "https://example.org/hook?key=s3cret",
    "webhook://example.org/s3cret",
    "smtp://ana%40example.org:s3cret@mail.example.org/?to=a@b.c",
    "smtps://mail.example.org:4650/?to=a@b.c,d@e.f&from=farm@b.c",
  ];
  assertEquals(openChannels(urls, { secret: "x" }).map(({ name }) => name), [
    "slack (hooks.slack.com)",
    "discord (discord.com)",
    "teams (127.0.0.1:8080)",
    "ntfy (ntfy.sh)",
    "webhook (example.org)",
    "webhook (example.org)",
    "email (mail.example.org)",
    "email (mail.example.org:4650)",
  ]);
});

for (
  const [url, says] of [
    ["s3cret", "is no address"],
    ["slack:s3cret", "is no address"],
    ["telegram://s3cret@x", 'begins with "telegram://"'],
    ["slack+ftp://x/s3cret", 'begins with "slack+ftp://"'],
    ["https://example.org/s3cret", "needs NOTIFY_WEBHOOK_SECRET"],
    ["smtp://user:100%s3cret@host/?to=a@b.c", "no escape"],
    ["smtp://user:s3cret@host", "names nobody"],
    ["smtp://user:s3cret@host/?to=nobody", "is no email address"],
    ["smtp://user:s3cret@host/?to=a@b.c&from=A%0D%0ABcc:%20x@y.z", "is no email address"],
  ] as const
) {
  Deno.test(`openChannels() refuses ${url} without repeating it`, () => {
    const { message } = assertThrows(() => openChannels([url], { secret: null }), UsageError);
    assert(message.startsWith("Entry 1 of NOTIFY_URLS ") && message.includes(says), message);
    assert(!message.includes("s3cret"), message);
  });
}
