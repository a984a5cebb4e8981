/**
 * Tests of status codes and content negotiation.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { STATUS_CODES } from "node:http";
import {
  accepts,
  isClientErrorStatus,
  isErrorStatus,
  isInformationalStatus,
  isRedirectStatus,
  isServerErrorStatus,
  isStatus,
  isSuccessfulStatus,
  STATUS_CODE,
  STATUS_TEXT,
} from "./mod.ts";

Deno.test("STATUS_TEXT says the names in separate words", () => {
  assertEquals(STATUS_TEXT[STATUS_CODE.OK], "OK");
  assertEquals(STATUS_TEXT[304], "Not Modified");
  assertEquals(STATUS_TEXT[STATUS_CODE.IMUsed], "IM Used");
  assertEquals(STATUS_TEXT[STATUS_CODE.URITooLong], "URI Too Long");
  assertEquals(STATUS_TEXT[STATUS_CODE.HTTPVersionNotSupported], "HTTP Version Not Supported");
  assertEquals(STATUS_TEXT[STATUS_CODE.Teapot], "I'm a teapot");
});

Deno.test("STATUS_CODE has the codes the platform knows", () => {
  const known = Object.keys(STATUS_CODES).filter((code) => code !== "509");
  assertEquals(Object.keys(STATUS_TEXT).sort(), known.sort());
});

Deno.test("isStatus() and its relatives know the classes of codes", () => {
  const guards = [
    isStatus,
    isInformationalStatus,
    isSuccessfulStatus,
    isRedirectStatus,
    isClientErrorStatus,
    isServerErrorStatus,
    isErrorStatus,
  ];
  const answers = (status: number) => guards.map((guard) => Number(guard(status))).join("");
  assertEquals(answers(103), "1100000");
  assertEquals(answers(204), "1010000");
  assertEquals(answers(308), "1001000");
  assertEquals(answers(404), "1000101");
  assertEquals(answers(503), "1000011");
  assertEquals(answers(299), "0000000");
  assertEquals(answers(0), "0000000");
});

Deno.test("isErrorStatus() narrows", () => {
  const status: number = 404;
  if (isErrorStatus(status)) {
    const text: string = STATUS_TEXT[status];
    assertEquals(text, "Not Found");
  }
});

function request(accept?: string): Request {
  return new Request("http://localhost/", accept === undefined ? {} : { headers: { accept } });
}

Deno.test("accepts() lists what is wanted, best first", () => {
  const browser = "text/html, application/xml;q=0.9, image/webp, */*;q=0.8, text/x;q=0";
  assertEquals(accepts(request(browser)), [
    "text/html",
    "image/webp",
    "application/xml",
    "*/*",
  ]);
  assertEquals(accepts(request()), ["*/*"]);
});

Deno.test("accepts() chooses among what is offered", () => {
  assertEquals(accepts(request("text/html, image/webp"), "image/webp", "text/html"), "text/html");
  assertEquals(accepts(request("text/html;q=0.5, text/*"), "text/html", "text/csv"), "text/csv");
  assertEquals(accepts(request("*/*, text/csv"), "text/html", "text/csv"), "text/csv");
  assertEquals(accepts(request("text/*, text/html;q=0"), "text/html"), undefined);
  assertEquals(accepts(request("TEXT/HTML"), "text/html"), "text/html");
  assertEquals(accepts(request("text/html"), "application/json"), undefined);
  assertEquals(accepts(request(), "a/b", "c/d"), "a/b");
  assertEquals(accepts(request("nonsense"), "a/b"), undefined);
});
