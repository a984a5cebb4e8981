import { assertEquals, assertRejects } from "@std/assert";
import { readJsonLines } from "./json_lines.ts";

async function read(chunks: Uint8Array[], lengthMax = 100): Promise<unknown[]> {
  return await Array.fromAsync(readJsonLines(ReadableStream.from(chunks), { lengthMax }));
}

Deno.test("readJsonLines() yields each line wherever the chunks are cut", async () => {
  const bytes = new TextEncoder().encode('{"a":"ñ"}\n[1,2]\n\n"x"\n');
  for (let cut = 0; cut <= bytes.length; cut++) {
    assertEquals(await read([bytes.slice(0, cut), bytes.slice(cut)]), [{ a: "ñ" }, [1, 2], "x"]);
  }
});

Deno.test("readJsonLines() drops a line that its sender did not finish", async () => {
  assertEquals(await read([new TextEncoder().encode('1\n{"a":')]), [1]);
});

Deno.test("readJsonLines() refuses a line that is too long, also before its end came", async () => {
  const long = new TextEncoder().encode(`"${"x".repeat(200)}`);
  await assertRejects(() => read([long]), RangeError, "the limit is 100");
  await assertRejects(() => read([new TextEncoder().encode("<html>\n")]), SyntaxError);
});

Deno.test("readJsonLines() tells of every piece of a line that takes long", async () => {
  let pieces = 0;
  const stream = ReadableStream.from(
    ["[1,", "2,", "3]", "\n"].map((text) => new TextEncoder().encode(text)),
  );
  const values = readJsonLines(stream, { lengthMax: 100, onBytes: () => pieces++ });
  assertEquals([await Array.fromAsync(values), pieces], [[[1, 2, 3]], 4]);
});
