import { assertEquals } from "@std/assert";
import type { Store } from "../store/store.ts";
import { SlowCounts } from "./slow_counts.ts";

/** A store of which only the counting is used, and which counts when the test says so. */
class CountingStore {
  readonly asked: { resolve: (count: number) => void; reject: (error: Error) => void }[] = [];

  count(): Promise<number> {
    return new Promise((resolve, reject) => this.asked.push({ resolve, reject }));
  }
}

function given() {
  const store = new CountingStore();
  return { store, counts: new SlowCounts(store as unknown as Store) };
}

Deno.test("SlowCounts.of() shares one count among all who ask for the same", async () => {
  const { store, counts } = given();
  const both = [counts.of({ text: "a" }), counts.of({ text: "a" })];
  store.asked[0]!.resolve(7);
  assertEquals(await Promise.all(both), [7, 7]);
  assertEquals(await counts.of({ text: "a" }), 7);
  assertEquals(store.asked.length, 1);
});

Deno.test("SlowCounts.of() does not wait for a long count, and has it for the next who asks", async () => {
  const { store, counts } = given();
  assertEquals(await counts.of({ text: "a" }), null);
  store.asked[0]!.resolve(3);
  await Promise.resolve();
  assertEquals(await counts.of({ text: "a" }), 3);
});

Deno.test("SlowCounts.of() runs few counts at a time, and none that fails hurts", async () => {
  const { store, counts } = given();
  const waiting = ["a", "b"].map((text) => counts.of({ text }));
  assertEquals(await counts.of({ worker: "c" }), null);
  assertEquals(store.asked.length, 2);
  store.asked[0]!.reject(new Error("gone"));
  store.asked[1]!.resolve(1);
  assertEquals(await Promise.all(waiting), [null, 1]);
});

Deno.test("SlowCounts.of() asks the store at once for what it keeps counted", async () => {
  const { store, counts } = given();
  const first = counts.of({ status: ["failed"] });
  store.asked[0]!.resolve(4);
  assertEquals(await first, 4);
});
