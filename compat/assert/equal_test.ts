/**
 * Tests of deep equality.
 *
 * @module
 */
import nodeAssert from "node:assert/strict";
import { equal } from "./mod.ts";

function same(a: unknown, b: unknown): void {
  nodeAssert.equal(equal(a, b), true, Deno.inspect([a, b]));
  nodeAssert.equal(equal(b, a), true, Deno.inspect([b, a]));
}

function different(a: unknown, b: unknown): void {
  nodeAssert.equal(equal(a, b), false, Deno.inspect([a, b]));
  nodeAssert.equal(equal(b, a), false, Deno.inspect([b, a]));
}

Deno.test("equal() compares primitives by value, NaN equals NaN and 0 equals -0", () => {
  same(5, 5);
  same(NaN, NaN);
  same(0, -0);
  same([0], [-0]);
  same(10n, 10n);
  different(1, "1");
  different(null, undefined);
  different(null, {});
  different(1n, 1);
});

Deno.test("equal() compares objects by their keys, missing is not undefined", () => {
  same({ a: 1, b: { c: [1, 2] } }, { b: { c: [1, 2] }, a: 1 });
  different({ a: undefined }, {});
  different({ a: undefined, b: 1 }, { b: 1, c: undefined });
  different({ a: 1 }, { a: 2 });
  same({ [Symbol.for("x")]: 1 }, { [Symbol.for("x")]: 1 });
  different({ [Symbol("x")]: 1 }, { [Symbol("x")]: 1 });
});

Deno.test("equal() compares arrays element by element, holes included", () => {
  same([1, [2, 3]], [1, [2, 3]]);
  different([1, 2, 3], [1, 3, 2]);
  different([1, 2, 3], [1, 2]);
  different([1, 2], { 0: 1, 1: 2 });
});

Deno.test("equal() wants the same class, an object without prototype counts as plain", () => {
  class A {
    x = 1;
  }
  class B {
    x = 1;
  }
  same(new A(), new A());
  different(new A(), new B());
  different(new A(), { x: 1 });
  same(Object.assign(Object.create(null), { x: 1 }), { x: 1 });
});

Deno.test("equal() sees state behind accessors of a class", () => {
  class Secret {
    #value: number;
    constructor(value: number) {
      this.#value = value;
    }
    get value() {
      return this.#value;
    }
  }
  same(new Secret(1), new Secret(1));
  different(new Secret(1), new Secret(2));
});

Deno.test("equal() compares dates, patterns and addresses by what they say", () => {
  same(new Date(5), new Date(5));
  same(new Date("x"), new Date("x"));
  different(new Date(5), new Date(6));
  same(/a/g, /a/g);
  different(/a/g, /a/i);
  same(new URL("http://a/b"), new URL("http://a/b"));
  different(new URL("http://a/b"), new URL("http://a/c"));
  different(new URLSearchParams("a=1"), new URLSearchParams("a=2"));
});

Deno.test("equal() compares sets and maps in any order, keys deeply", () => {
  same(new Set([1, 2, 3]), new Set([3, 2, 1]));
  different(new Set([1, 2]), new Set([1, 3]));
  same(new Set([{ a: 1 }, { b: 2 }]), new Set([{ b: 2 }, { a: 1 }]));
  different(new Set([{ a: 1 }, { a: 1 }]), new Set([{ a: 1 }, { a: 2 }]));
  same(new Set([1, new Set([2, 3])]), new Set([new Set([3, 2]), 1]));
  same(new Map([["a", 1], ["b", 2]]), new Map([["b", 2], ["a", 1]]));
  different(new Map([["a", 1]]), new Map([["a", 2]]));
  different(new Map([["a", undefined]]), new Map([["b", undefined]]));
  same(new Map([[{ k: 1 }, "x"]]), new Map([[{ k: 1 }, "x"]]));
  different(new Map([[{ k: 1 }, "x"]]), new Map([[{ k: 1 }, "y"]]));
  different(new Set([1]), new Map([[1, 1]]));
});

Deno.test("equal() compares bytes and typed arrays, the type counts", () => {
  same(new Uint8Array([1, 2]), new Uint8Array([1, 2]));
  different(new Uint8Array([1, 2]), new Uint8Array([2, 1]));
  different(new Uint8Array([1]), new Int8Array([1]));
  same(new Float64Array([NaN, 0]), new Float64Array([NaN, -0]));
  same(new Uint8Array([1]).buffer, new Uint8Array([1]).buffer);
  different(new Uint8Array([1]).buffer, new Uint8Array([1, 2]).buffer);
});

Deno.test("equal() ends on cycles", () => {
  const cycle = (value: number) => {
    const node: Record<string, unknown> = { value };
    node["self"] = node;
    return node;
  };
  same(cycle(1), cycle(1));
  different(cycle(1), cycle(2));
  const map = () => {
    const result = new Map<string, unknown>();
    return result.set("self", result);
  };
  same(map(), map());
});

Deno.test("equal() finds a difference again that it has found before", () => {
  const [a, b] = [{ x: 1 }, { x: 2 }];
  different([new Set([a]), a], [new Set([b]), b]);
  different([new Map([[a, 1]]), a], [new Map([[a, 1]]), b]);
  const entry = { x: 1 };
  different(new Map([[entry, entry]]), new Map([[{ x: 1 }, { x: 2 }]]));
});

Deno.test("equal() looks through weak references and refuses weak collections", () => {
  same(new WeakRef({ a: 1 }), new WeakRef({ a: 1 }));
  different(new WeakRef({ a: 1 }), new WeakRef({ a: 2 }));
  nodeAssert.throws(() => equal(new WeakMap(), new WeakMap()), TypeError);
  nodeAssert.throws(() => equal(new WeakSet(), new WeakSet()), TypeError);
  different(new WeakMap(), new WeakSet());
});

Deno.test("equal() compares functions by identity", () => {
  const f = () => 1;
  same({ f }, { f });
  different({ f }, { f: () => 1 });
});

Deno.test("equal() tells errors apart by their message", () => {
  const [a, b] = [new Error("a"), new Error("b")];
  different(a, b);
  same(a, a);
});
