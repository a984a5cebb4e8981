/**
 * Tests of the assertions about errors that are thrown and promises that are rejected.
 *
 * @module
 */
import nodeAssert from "node:assert/strict";
import { AssertionError, assertRejects, assertThrows } from "./mod.ts";

function fails(fn: () => unknown, text: RegExp): void {
  nodeAssert.throws(fn, (error) => error instanceof AssertionError && text.test(error.message));
}

async function rejects(promise: Promise<unknown>, text: RegExp): Promise<void> {
  await nodeAssert.rejects(
    promise,
    (error) => error instanceof AssertionError && text.test(error.message),
  );
}

function thrower(value: unknown): () => never {
  return () => {
    throw value;
  };
}

Deno.test("assertThrows() returns what was thrown, typed by the class", () => {
  const error = assertThrows(thrower(new RangeError("far")), RangeError, "far");
  nodeAssert.equal(error.message, "far");
  nodeAssert.equal(assertThrows(thrower("text")), "text");
  nodeAssert.equal(assertThrows(thrower(undefined)), undefined);
});

Deno.test("assertThrows() accepts subclasses and abstract classes", () => {
  abstract class Base extends Error {}
  class Derived extends Base {}
  assertThrows(thrower(new Derived("x")), Base, "x");
});

Deno.test("assertThrows() fails if nothing is thrown", () => {
  fails(() => assertThrows(() => 1), /^Expected function to throw\.$/);
  fails(() => assertThrows(() => 1, "note"), /^Expected function to throw: note$/);
  fails(() => assertThrows(() => 1, Error, "text", "note"), /^Expected function to throw: note$/);
});

Deno.test("assertThrows() fails for another class, text or a thrown non-error", () => {
  fails(() => assertThrows(thrower(new Error("x")), TypeError), /instance of "TypeError"/);
  fails(() => assertThrows(thrower(new Error("x")), Error, "y"), /to include "y"/);
  fails(() => assertThrows(thrower("x"), Error), /^A non-Error object was thrown\.$/);
});

Deno.test("assertRejects() resolves with the reason, typed by the class", async () => {
  const error = await assertRejects(() => Promise.reject(new RangeError("far")), RangeError, "far");
  nodeAssert.equal(error.message, "far");
  nodeAssert.equal(await assertRejects(() => Promise.reject(null)), null);
});

Deno.test("assertRejects() takes anything with then()", async () => {
  await assertRejects(() => ({ then: thrower(new Error("later")) }), Error, "later");
});

Deno.test("assertRejects() fails if the promise is fulfilled", async () => {
  await rejects(assertRejects(() => Promise.resolve(1)), /^Expected function to reject\.$/);
  await rejects(assertRejects(() => Promise.resolve(1), "note"), /to reject: note$/);
});

Deno.test("assertRejects() fails if the function throws or returns no promise", async () => {
  const text = /^Function throws when expected to reject\.$/;
  await rejects(assertRejects(thrower(new Error("at once"))), text);
  await rejects(assertRejects(thrower(new Error("at once")), Error, "at once"), text);
  // @ts-expect-error no promise is returned
  await rejects(assertRejects(() => 1), text);
});

Deno.test("assertRejects() fails for another class, text or a rejected non-error", async () => {
  await rejects(assertRejects(() => Promise.reject(new Error("x")), TypeError), /"TypeError"/);
  await rejects(assertRejects(() => Promise.reject(new Error("x")), Error, "y"), /to include "y"/);
  await rejects(
    assertRejects(() => Promise.reject("x"), Error),
    /^A non-Error object was rejected\.$/,
  );
});
