import { assert, assertEquals } from "@std/assert";
import { gzipRuns } from "./gzip.ts";

Deno.test("gzipRuns() packs what any reader of gzip unpacks", async () => {
  const bytes = new Uint8Array(100_000).map((_, at) => at % 997 === 0 ? at : 0);
  const packed = gzipRuns(bytes);
  assert(packed.length < bytes.length / 20, `${packed.length} bytes`);
  assertEquals(packed.buffer.byteLength, packed.length);
  const plain = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  assertEquals(new Uint8Array(await new Response(plain).arrayBuffer()), bytes);
});
