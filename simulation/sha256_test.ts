import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Sha256 } from "./sha256.ts";

Deno.test("Sha256 gives the published digests", () => {
  const digest = (text: string) => new Sha256().update(new TextEncoder().encode(text)).hex();
  assertEquals(digest(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  assertEquals(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

Deno.test("Sha256 agrees with the platform's digest, however the bytes are cut", async () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 });
  await fc.assert(fc.asyncProperty(pieces, async (pieces) => {
    const digest = new Sha256();
    for (const piece of pieces) digest.update(piece);
    const whole = new Uint8Array(pieces.flatMap((piece) => [...piece]));
    const expected = new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
    assertEquals(digest.hex(), expected.toHex());
  }));
});
