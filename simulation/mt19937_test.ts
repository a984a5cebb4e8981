import { assertEquals, assertThrows } from "@std/assert";
import { MersenneTwister } from "./mt19937.ts";

Deno.test("MersenneTwister gives the published first values of seed 5489", () => {
  const random = new MersenneTwister(5489);
  const first = Array.from({ length: 5 }, () => random.uint32());
  assertEquals(first, [3499211612, 581869302, 3890346734, 3586334585, 545404204]);
});

Deno.test("MersenneTwister gives the published 10000th value of seed 5489", () => {
  const random = new MersenneTwister(5489);
  for (let n = 1; n < 10_000; n++) random.uint32();
  assertEquals(random.uint32(), 4123659995);
});

Deno.test("double() takes 53 bits from two draws, as numpy does", () => {
  const random = new MersenneTwister(42);
  assertEquals([random.double(), random.double(), random.double()], [
    0.3745401188473625,
    0.9507143064099162,
    0.7319939418114051,
  ]);
});

Deno.test("MersenneTwister accepts both ends of the seeds and nothing beyond", () => {
  for (const seed of [0, 2 ** 32 - 1]) new MersenneTwister(seed).uint32();
  for (const seed of [-1, 2 ** 32, 1.5, NaN]) {
    assertThrows(() => new MersenneTwister(seed), RangeError, `${seed}`);
  }
});
