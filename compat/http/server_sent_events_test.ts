/**
 * Tests of writing and reading server-sent events.
 *
 * @module
 */
import { assertEquals, assertRejects } from "@std/assert";
import {
  type ServerSentEventMessage,
  type ServerSentEventParsedMessage,
  ServerSentEventParseStream,
  type ServerSentEventParseStreamOptions,
  ServerSentEventStream,
} from "./mod.ts";

function write(messages: ServerSentEventMessage[]): Promise<string[]> {
  const stream = ReadableStream.from(messages).pipeThrough(new ServerSentEventStream());
  return Array.fromAsync(stream, (bytes) => new TextDecoder().decode(bytes));
}

function read(
  chunks: Array<string | Uint8Array>,
  options?: ServerSentEventParseStreamOptions,
): Promise<ServerSentEventParsedMessage[]> {
  const bytes = chunks.map((chunk) =>
    typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk
  );
  const stream = ReadableStream.from(bytes).pipeThrough(new ServerSentEventParseStream(options));
  return Array.fromAsync(stream);
}

Deno.test("ServerSentEventStream writes all fields, long ones in several lines", async () => {
  assertEquals(
    await write([{ comment: "a\nb", event: "e", data: "c\nd\re\r\nf", id: 1, retry: 5 }]),
    [":a\n:b\nevent:e\ndata:c\ndata:d\ndata:e\ndata:f\nid:1\nretry:5\n\n"],
  );
});

Deno.test("ServerSentEventStream writes fields that are empty or zero", async () => {
  assertEquals(await write([{ comment: "" }, { data: "" }, { event: "" }, { id: 0 }]), [
    ":\n\n",
    "data:\n\n",
    "event:\n\n",
    "id:0\n\n",
  ]);
});

Deno.test("ServerSentEventStream refuses newlines in event and id", async () => {
  await assertRejects(() => write([{ event: "a\n" }]), SyntaxError, "message.event");
  await assertRejects(() => write([{ id: "a\r" }]), SyntaxError, "message.id");
});

Deno.test("ServerSentEventParseStream reads all fields", async () => {
  assertEquals(await read([":c\nevent: e\ndata: x\ndata:  y\nid: 7\nretry: 10\nother: z\n\n"]), [
    { comment: "c", event: "e", data: "x\n y", id: "7", retry: 10 },
  ]);
  assertEquals(await read(["data\n\n", "id: a\0b\nretry: x\ndata:1\n\n"]), [
    { data: "" },
    { data: "1" },
  ]);
});

Deno.test("ServerSentEventParseStream reads all line ends wherever a chunk ends", async () => {
  for (const end of ["\n", "\r", "\r\n"]) {
    const text = `data: a${end}data: b${end}${end}data: ü${end}${end}`;
    const bytes = new TextEncoder().encode(text);
    const single = Array.from(bytes, (byte) => new Uint8Array([byte]));
    assertEquals(await read(single), [{ data: "a\nb" }, { data: "ü" }], JSON.stringify(end));
    assertEquals(await read([text]), [{ data: "a\nb" }, { data: "ü" }], JSON.stringify(end));
  }
});

Deno.test("ServerSentEventParseStream yields an event the end of the stream cut short", async () => {
  assertEquals(await read(["\uFEFFdata: a\n\ndata: b"]), [{ data: "a" }, { data: "b" }]);
  assertEquals(await read(["data: a\r"]), [{ data: "a" }]);
  assertEquals(await read(["\n\n\n"]), []);
  assertEquals(await read([]), []);
});

Deno.test("ServerSentEventParseStream leaves out comments if asked to", async () => {
  assertEquals(await read([":x\n\n:y\ndata: a\n\n"], { ignoreComments: true }), [{ data: "a" }]);
});

Deno.test("ServerSentEventParseStream reads what ServerSentEventStream writes", async () => {
  const messages = [
    { data: "a\nb" },
    { event: "update", data: '{"x":1}', id: "9" },
    { comment: "still here" },
    { retry: 3000 },
  ];
  assertEquals(await read(await write(messages)), messages);
});
