import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { DeliveryError } from "./channel.ts";
import { openChannels } from "./channels.ts";
import { message } from "./testing/messages.ts";
import { withMailSink } from "./testing/sinks.ts";

const NEVER = new AbortController().signal;
const USER = { user: "ana", password: "p@ss wörd" };

function channelAt(port: number, password = USER.password) {
  const login = `ana:${encodeURIComponent(password)}`;
  const url = `smtp://${login}@127.0.0.1:${port}/?to=a@b.c,d@e.f&from=farm@b.c`;
  return openChannels([url], { secret: null })[0]!;
}

Deno.test("an email reaches everybody it names, with its subject in any language", async () => {
  await withMailSink(USER, async (port, mails) => {
    await channelAt(port).send(message("m", { title: "Terminó ñ", lines: ["uno", "dos"] }), NEVER);
    assertEquals(mails.length, 1);
    assertEquals([mails[0]!.from, mails[0]!.to], ["farm@b.c", ["a@b.c", "d@e.f"]]);
    assertStringIncludes(mails[0]!.text, "Message-ID: <m@enjambre>");
    assertStringIncludes(mails[0]!.text, "Subject: =?UTF-8?");
    assertStringIncludes(mails[0]!.text, "uno\r\ndos\r\n");
  });
});

Deno.test("an email that will never be taken is not tried again; errors repeat no secret", async () => {
  await withMailSink({ ...USER, refuse: 550 }, async (port) => {
    const refused = await assertRejects(
      () => channelAt(port).send(message("m"), NEVER),
      DeliveryError,
    );
    assertEquals([refused.message, refused.retryable], ["It answered 550", false]);
    const stranger = await assertRejects(
      () => channelAt(port, "s3cret").send(message("m"), NEVER),
      DeliveryError,
    );
    assertEquals([stranger.message, stranger.retryable], ["It answered 535", false]);
  });
});

Deno.test("an email that a busy server puts off is tried again", async () => {
  await withMailSink({ ...USER, refuse: 451 }, async (port) => {
    const error = await assertRejects(
      () => channelAt(port).send(message("m"), NEVER),
      DeliveryError,
    );
    assertEquals([error.message, error.retryable], ["It answered 451", true]);
  });
});

Deno.test("a mail server that is not there, or says nothing, ends in time", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const accepted = listener.accept();
  const stop = new AbortController();
  const sending = assertRejects(
    () => channelAt(port).send(message("m"), stop.signal),
    DeliveryError,
  );
  const connection = await accepted;
  stop.abort();
  assertEquals((await sending).message, "The sending was broken off");
  connection.close();
  listener.close();
  const gone = await assertRejects(() => channelAt(port).send(message("m"), NEVER), DeliveryError);
  assert(gone.retryable);
});
