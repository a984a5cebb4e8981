/**
 * Tests of entity tags and cookies.
 *
 * @module
 */
import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { deleteCookie, eTag, getCookies, ifNoneMatch, setCookie } from "./mod.ts";

Deno.test("eTag() is made of length and digest of the content", async () => {
  const tag: string = await eTag("hello deno");
  assertEquals(tag, `"a-YdfmHmj2RiwOVqJupcf3PLK9PuJ"`);
  assertEquals(await eTag(new TextEncoder().encode("hello deno")), tag);
  assertEquals(await eTag(""), `"0-47DEQpj8HBSa+/TImW+5JCeuQeR"`);
  assertEquals(await eTag("hello deno", { weak: true }), `W/${tag}`);
  assertNotEquals(await eTag("hello deno", { algorithm: "SHA-512" }), tag);
});

Deno.test("eTag() of a file is weak and made of size and time of change", async () => {
  const mtime = new Date(Date.UTC(96, 1, 2, 3, 4, 5, 6));
  assertEquals(await eTag({ size: 1024, mtime }), `W/"400-H0YzXysQPV20qNisAZMuvAEVuHV"`);
  assertEquals(await eTag({ size: 1024, mtime: null }), undefined);
});

Deno.test("ifNoneMatch() is false if the client has this version", () => {
  assertEquals(ifNoneMatch(`"a"`, `"b"`), true);
  assertEquals(ifNoneMatch(`"a", "b"`, `"b"`), false);
  assertEquals(ifNoneMatch(`W/"b"`, `"b"`), false);
  assertEquals(ifNoneMatch(`"b"`, `W/"b"`), false);
  assertEquals(ifNoneMatch(" * ", `"b"`), false);
  assertEquals(ifNoneMatch(null, `"b"`), true);
  assertEquals(ifNoneMatch(`"b"`, undefined), true);
});

Deno.test("getCookies() reads names and values as they were sent", () => {
  assertEquals(getCookies(new Headers()), {});
  assertEquals(getCookies(new Headers({ cookie: "a=1; b=x=y&z; __proto__=p" })), {
    a: "1",
    b: "x=y&z",
    ["__proto__"]: "p",
  });
});

/** The Set-Cookie header for one cookie. */
function written(cookie: Parameters<typeof setCookie>[1]): string | null {
  const headers = new Headers();
  setCookie(headers, cookie);
  return headers.get("Set-Cookie");
}

Deno.test("setCookie() writes the attributes that are given", () => {
  assertEquals(written({ name: "a", value: "1" }), "a=1");
  assertEquals(
    written({
      name: "a",
      value: "1",
      secure: true,
      httpOnly: true,
      partitioned: true,
      maxAge: 0,
      domain: "localhost",
      sameSite: "Lax",
      path: "/",
      expires: Date.UTC(1983, 0, 7, 15, 32),
      unparsed: ["x=y"],
    }),
    "a=1; Secure; HttpOnly; Partitioned; Max-Age=0; Domain=localhost; SameSite=Lax; Path=/; " +
      "Expires=Fri, 07 Jan 1983 15:32:00 GMT; x=y",
  );
  assertEquals(written({ name: "", value: "1" }), null);
});

Deno.test("setCookie() keeps the rules of names with a prefix", () => {
  assertEquals(written({ name: "__Secure-a", value: "1" }), "__Secure-a=1; Secure");
  assertEquals(
    written({ name: "__Host-a", value: "1", domain: "localhost", path: "/x" }),
    "__Host-a=1; Secure; Path=/",
  );
});

Deno.test("setCookie() adds to the cookies that are there, deleteCookie() lets one expire", () => {
  const headers = new Headers();
  setCookie(headers, { name: "a", value: "1" });
  deleteCookie(headers, "b", { path: "/" });
  assertEquals(headers.getSetCookie(), [
    "a=1",
    "b=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
  ]);
});

Deno.test("setCookie() refuses what would break the header", () => {
  for (const name of ["a b", "a;b", "a=b", "ä", '"a"']) {
    assertThrows(() => written({ name, value: "" }), Error, "Invalid cookie name");
  }
  for (const value of ["a b", "a;b", "a,b", '"', "a\\", "a\r\n"]) {
    assertThrows(() => written({ name: "a", value }), Error, "RFC2616 cookie 'a'");
  }
  assertThrows(() => written({ name: "a", value: "", path: "/;x" }), Error);
  assertThrows(() => written({ name: "a", value: "", domain: "-x" }), Error);
  assertThrows(() => written({ name: "a", value: "", domain: "x." }), Error);
  assertThrows(() => written({ name: "a", value: "", maxAge: -1 }), Error);
});
