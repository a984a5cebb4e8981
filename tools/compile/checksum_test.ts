import { assertEquals } from "@std/assert";
import { cksum } from "./checksum.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("cksum() is the checksum that POSIX defines", () => {
  assertEquals(cksum(bytes("")), "4294967295 0");
  assertEquals(cksum(bytes("123456789")), "930766865 9");
  assertEquals(cksum(bytes("a".repeat(70_000))), "3508083167 70000");
});
