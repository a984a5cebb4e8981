/**
 * Tests of command line parsing.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { parseArgs, type ParseOptions } from "./parse_args.ts";

/** Parses a line that is split at spaces. */
function parse(line: string, options: ParseOptions = {}): Record<string, unknown> {
  return parseArgs(line.split(" ").filter((arg) => arg !== ""), options);
}

Deno.test("parseArgs() reads long options with and without a value", () => {
  assertEquals(parse("--a --b x --c=y --d=1=2"), { a: true, b: "x", c: "y", d: "1=2", _: [] });
  assertEquals(parse("--a --b"), { a: true, b: true, _: [] });
  assertEquals(parse("--a= x"), { a: "", _: ["x"] });
  assertEquals(parseArgs(["--s=X\nY"]), { s: "X\nY", _: [] });
});

Deno.test("parseArgs() reads short options, grouped, attached and with a value", () => {
  assertEquals(parse("-abc"), { a: true, b: true, c: true, _: [] });
  assertEquals(parse("-abc x"), { a: true, b: true, c: "x", _: [] });
  assertEquals(parse("-n5 -m=6 -o=a=b"), { n: 5, m: 6, o: "a=b", _: [] });
  assertEquals(parse("-123 456"), { 1: true, 2: true, 3: 456, _: [] });
  assertEquals(parse("-xyz/foo"), { x: true, y: true, z: "/foo", _: [] });
  assertEquals(parse("-f="), { f: "", _: [] });
  assertEquals(parse("-abc="), { a: true, b: true, c: "", _: [] });
});

Deno.test("parseArgs() takes a single hyphen for a value of short options and for an operand", () => {
  assertEquals(parse("-n -"), { n: "-", _: [] });
  assertEquals(parse("-f-"), { f: "-", _: [] });
  assertEquals(parse("-"), { _: ["-"] });
  assertEquals(parse("-b -", { boolean: "b" }), { b: true, _: ["-"] });
});

Deno.test("parseArgs() turns what looks like a number into one, strings excepted", () => {
  assertEquals(parse("1 1.5 .5 1e3 10f -x 0xff -y +2"), {
    x: 255,
    y: 2,
    _: [1, 1.5, 0.5, 1000, "10f"],
  });
  assertEquals(parse("--a 007 --b 007", { string: "a" }), { a: "007", b: 7, _: [] });
  assertEquals(parse("1 x", { string: ["_"] }), { _: ["1", "x"] });
});

Deno.test("parseArgs() gives a string option without a value the empty text", () => {
  assertEquals(parse("--a -b", { string: ["a", "b"] }), { a: "", b: "", _: [] });
  assertEquals(parse("-arb", { string: ["a", "b"] }), { a: "", r: true, b: "", _: [] });
  assertEquals(parse("", { string: "a" }), { _: [] });
});

Deno.test("parseArgs() lets boolean options take only true or false as a value", () => {
  const options = { boolean: ["a", "b"] };
  assertEquals(parse("--a x", options), { a: true, b: false, _: ["x"] });
  assertEquals(parse("-b false --a true x", options), { a: true, b: false, _: ["x"] });
  assertEquals(parse("--a=false --b=yes", options), { a: false, b: true, _: [] });
});

Deno.test("parseArgs() takes all long options for booleans where boolean is true", () => {
  assertEquals(parse("x --a y -p 5 --b=z", { boolean: true }), {
    a: true,
    p: 5,
    b: "z",
    _: ["x", "y"],
  });
});

Deno.test("parseArgs() negates negatable options only", () => {
  const options = { boolean: ["a"], negatable: ["a"] };
  assertEquals(parse("--no-a", { ...options, default: { a: true } }), { a: false, _: [] });
  assertEquals(parse("--no-a --a", options), { a: true, _: [] });
  assertEquals(parse("--a --no-a 1", options), { a: false, _: [1] });
  assertEquals(parse("--no-b"), { "no-b": true, _: [] });
});

Deno.test("parseArgs() keeps the last value unless the option collects", () => {
  assertEquals(parse("--a 1 --a 2"), { a: 2, _: [] });
  assertEquals(parse("--a 1 --a 2", { collect: "a" }), { a: [1, 2], _: [] });
  assertEquals(parse("--a 1", { collect: ["a"], string: ["a"] }), { a: ["1"], _: [] });
  assertEquals(parse("--a --a", { collect: ["a"], boolean: ["a"] }), { a: [true, true], _: [] });
  assertEquals(parse("", { collect: ["a", "b"], boolean: "a", string: "b" }), {
    a: [],
    b: [],
    _: [],
  });
  assertEquals(parse("", { collect: "a", default: { a: ["x"] } }), { a: ["x"], _: [] });
  assertEquals(parse("--a 1 --no-a", { collect: "a", negatable: "a" }), { a: false, _: [] });
});

Deno.test("parseArgs() gives all names of an option the same value", () => {
  const options = { alias: { h: ["help", "usage"] }, boolean: "h" };
  const expected = { h: true, help: true, usage: true, _: ["x"] };
  for (const line of ["-h x", "--help x", "--usage x"]) {
    assertEquals(parse(line, options), expected);
  }
  assertEquals(parse("-s 01", { alias: { str: "s" }, string: "str" }), {
    s: "01",
    str: "01",
    _: [],
  });
  assertEquals(parse("", { alias: { p: "port" }, default: { p: 1 } }), { p: 1, port: 1, _: [] });
});

Deno.test("parseArgs() uses defaults for what is missing, null included", () => {
  const options = { default: { a: 1, b: null }, boolean: "b" };
  assertEquals(parse("", options), { a: 1, b: null, _: [] });
  assertEquals(parse("--a 2 --b", options), { a: 2, b: true, _: [] });
});

Deno.test("parseArgs() nests dotted names", () => {
  assertEquals(parse("--a.b 1 --a.c.d --a.c.e x"), { a: { b: 1, c: { d: true, e: "x" } }, _: [] });
  assertEquals(parse("", { default: { "a.b": 1 }, alias: { "a.b": "x.y" } }), {
    a: { b: 1 },
    x: { y: 1 },
    _: [],
  });
  assertEquals(parse("", { boolean: "a.b" }), { a: { b: false }, _: [] });
});

Deno.test("parseArgs() cannot be made to change the prototype of objects", () => {
  assertEquals(parse("--__proto__.x 1 --constructor.prototype.y 2"), {
    constructor: { prototype: { y: 2 } },
    _: [],
  });
  assertEquals(Reflect.get({}, "x"), undefined);
  assertEquals(Reflect.get({}, "y"), undefined);
  assertEquals(parse("--toString --valueOf x"), { toString: true, valueOf: "x", _: [] });
});

Deno.test("parseArgs() stops at -- and puts the rest where it is wanted", () => {
  assertEquals(parse("--a -- --b 1"), { a: true, _: ["--b", "1"] });
  assertEquals(parse("x -- --b", { "--": true }), { _: ["x"], "--": ["--b"] });
  assertEquals(parse("x", { "--": true }), { _: ["x"], "--": [] });
});

Deno.test("parseArgs() stops at the first operand with stopEarly", () => {
  assertEquals(parse("--a b c --d 5", { stopEarly: true }), { a: "b", _: ["c", "--d", "5"] });
});

Deno.test("parseArgs() asks about unknown arguments and leaves out what is refused", () => {
  const asked: unknown[] = [];
  const options: ParseOptions = {
    boolean: "a",
    string: "s",
    alias: { v: "verbose" },
    unknown: (...args) => asked.push(args) < 0,
  };
  assertEquals(parse("--a -s x -v --bad=1 -z op --verbose", options), {
    a: true,
    s: "x",
    v: true,
    verbose: true,
    _: [],
  });
  assertEquals(asked, [["--bad=1", "bad", "1"], ["-z", "z", "op"]]);
  assertEquals(parse("op", { unknown: () => false }), { _: [] });
  assertEquals(parse("--x 1 op", { unknown: () => true }), { x: 1, _: ["op"] });
});

Deno.test("parseArgs() tells the compiler what it returns", () => {
  const args = parseArgs(["--name", "n", "--tag", "t", "-v"], {
    boolean: ["verbose"],
    string: ["name", "tag", "host"],
    collect: ["tag"],
    negatable: ["host"],
    alias: { verbose: "v" },
    default: { port: 5000, host: "::" },
    "--": true,
  });
  const verbose: boolean = args.verbose;
  const short: boolean = args.v;
  const name: string | undefined = args.name;
  const tags: string[] = args.tag;
  const host: string | false = args.host;
  const rest: string[] = args["--"];
  const operands: Array<string | number> = args._;
  // @ts-expect-error an undeclared option is unknown
  const other: string = args.other;
  // @ts-expect-error a string option may be missing
  const surely: string = args.name;
  assertEquals([verbose, short, name, tags, host, rest, operands, other, surely, args.port], [
    true,
    true,
    "n",
    ["t"],
    "::",
    [],
    [],
    undefined,
    "n",
    5000,
  ]);
  // @ts-expect-error no such setting
  parseArgs([], { booleans: ["verbose"] });
});
