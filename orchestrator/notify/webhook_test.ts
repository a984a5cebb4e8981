import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { DeliveryError } from "./channel.ts";
import { openChannels } from "./channels.ts";
import { message } from "./testing/messages.ts";
import { withWebhookSink } from "./testing/sinks.ts";
import { bodyOf, retryAfterMs, signature, WEBHOOK_FORMATS } from "./webhook.ts";

const NEVER = new AbortController().signal;

Deno.test("signature() gives the example of Standard Webhooks", async () => {
  assertEquals(
    await signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", {
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      at: 1_614_265_330_999,
      text: '{"test": 2432232314}',
    }),
    {
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    },
  );
});

Deno.test("retryAfterMs() reads seconds and dates, and bounds both", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  assertEquals(retryAfterMs("3", now), 3000);
  assertEquals(retryAfterMs("Thu, 01 Jan 2026 00:00:07 GMT", now), 7000);
  assertEquals(retryAfterMs("99999999", now), 900_000);
  for (const header of [null, "soon", "-1"]) assertEquals(retryAfterMs(header, now), null);
});

Deno.test("bodyOf() gives every format the title and the lines", () => {
  const told = message("m", { title: "Terminó ñ", lines: ["one", "two"] });
  for (const format of WEBHOOK_FORMATS) {
    const { text, headers } = bodyOf(format, told);
    assert(text.includes("one") && text.includes("two"), format);
    if (format !== "ntfy") assertStringIncludes(text, "Terminó ñ");
    // What is no ASCII would make fetch throw.
    new Headers(headers);
  }
});

Deno.test("bodyOf() lets nothing in a text call people or make links", () => {
  const told = message("m", { title: "<!channel>", lines: ["<@U1> @everyone & co"] });
  const slack = JSON.parse(bodyOf("slack", told).text);
  assertEquals(slack.text, "&lt;!channel&gt;");
  assertEquals(slack.blocks[1].text.text, "• &lt;@U1&gt; @everyone &amp; co");
  assertEquals(JSON.parse(bodyOf("discord", told).text).allowed_mentions, { parse: [] });
});

Deno.test("bodyOf() cuts what a chat does not take", () => {
  const told = message("m", { lines: Array.from({ length: 60 }, () => "x".repeat(300)) });
  assert(JSON.parse(bodyOf("discord", told).text).content.length <= 2000);
  assert(JSON.parse(bodyOf("slack", told).text).blocks[1].text.text.length <= 3000);
});

Deno.test("a signed webhook carries the message and a signature over its very bytes", async () => {
  await withWebhookSink([() => new Response("ok")], async (host, received) => {
    const [channel] = openChannels([`http://${host}/hook`], { secret: "s3cret" });
    await channel!.send(message("msg_1"), NEVER);
    const { headers, text } = received[0]!;
    const at = 1000 * Number(headers.get("webhook-timestamp"));
    const expected = await signature("s3cret", { id: "msg_1", at, text });
    assertEquals(headers.get("webhook-signature"), expected["webhook-signature"]);
    assertEquals(JSON.parse(text).data.title, "Title msg_1");
    assertEquals(channel!.name, `webhook (${host})`);
  });
});

Deno.test("a channel says whether another try may help, and when", async () => {
  const answers = [
    () => new Response("slow", { status: 429, headers: { "retry-after": "7" } }),
    () => new Response("gone", { status: 404 }),
    () => new Response(null, { status: 302, headers: { location: "http://127.0.0.1:1/" } }),
  ];
  await withWebhookSink(answers, async (host) => {
    const [channel] = openChannels([`slack+http://user:pass@${host}/secret`], { secret: null });
    const fail = () => assertRejects(() => channel!.send(message("m"), NEVER), DeliveryError);
    const slow = await fail();
    assertEquals([slow.retryable, slow.retryAfterMs], [true, 7000]);
    assertEquals((await fail()).retryable, false);
    assertEquals((await fail()).message, "It answered 302");
  });
});

Deno.test("a server that is not there is worth another try, and its address stays unsaid", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const [channel] = openChannels([`slack+http://127.0.0.1:${port}/T0/s3cret`], { secret: null });
  const error = await assertRejects(() => channel!.send(message("m"), NEVER), DeliveryError);
  assertEquals([error.message, error.retryable], ["It cannot be reached", true]);
  assertEquals(error.cause, undefined);
});
