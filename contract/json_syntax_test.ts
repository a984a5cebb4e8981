import { assert, assertEquals, assertFalse } from "@std/assert";
import fc from "fast-check";
import { exceedsDepth, findSyntaxFault, positionAt } from "./json_syntax.ts";

/** Text, line and column of its first fault, and what the sentence must say. */
const FAULTS: readonly [text: string, line: number, column: number, problem: string][] = [
  ["", 1, 1, "The text ends where a value should stand"],
  ['{"tasks": [', 1, 12, "The text ends where a value or ] should stand"],
  ['{"a": 1,}', 1, 9, "the comma before it is one too many"],
  ["[1,\n 2,\n]", 3, 1, "the comma before it is one too many"],
  ['{"a": 1 "b": 2}', 1, 9, "Expected a comma or }"],
  ['{"a" 1}', 1, 6, "Expected a colon"],
  ["{'a': 1}", 1, 2, "plain double quotes"],
  ['{"a": \u201cb\u201d}', 1, 7, "plain double quotes"],
  ['{\n  // note\n  "a": 1}', 2, 3, "JSON has no comments"],
  ['{"a": True}', 1, 7, "write true"],
  ['{"a": None}', 1, 7, "write null"],
  ['{"a": NaN}', 1, 7, "JSON has no such number"],
  ['{"a": 007}', 1, 7, "not a number as JSON writes it"],
  ['{"a": .5}', 1, 7, "not a number as JSON writes it"],
  ['{"a": 0x1F}', 1, 7, "not a number as JSON writes it"],
  ['{"a": nullx}', 1, 7, 'found "nullx"'],
  ['{"a": "b', 1, 9, "inside a string"],
  ['{"a": "b\nc"}', 1, 9, "a line break"],
  ['{"a": "b\u0001c"}', 1, 9, "a control character"],
  ['{"a": "\\x"}', 1, 8, 'Unknown escape "\\\\x"'],
  ['{"a": "\\u12g4"}', 1, 8, "Unknown escape"],
  ["{} {}", 1, 4, "Expected the end of the file"],
  ["{}\0\0", 1, 3, "NUL byte"],
  ["[1}", 1, 3, "Expected a comma or ]"],
  ['{"ñandú 🐦": x}', 1, 13, 'found "x"'],
];

for (const [text, line, column, problem] of FAULTS) {
  Deno.test(`findSyntaxFault() finds line, column and reason in ${JSON.stringify(text)}`, () => {
    const fault = findSyntaxFault(text);
    assert(fault !== null);
    assertEquals([fault.line, fault.column], [line, column]);
    assert(fault.problem.includes(problem), fault.problem);
  });
}

Deno.test("findSyntaxFault() finds a fault exactly where JSON.parse refuses", () => {
  const parses = (text: string) => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
  const fragment = fc.oneof(
    fc.constantFrom(..."{}[],:\"'\\-+.eE019 \n\t\0u", "true", "null", "12", '"a"', "\ufeff", "ñ"),
    fc.string({ unit: "binary", maxLength: 3 }),
  );
  const mutated = fc.tuple(fc.json(), fc.nat(), fc.nat({ max: 3 }), fragment).map(
    ([json, at, removed, inserted]) => {
      const offset = at % (json.length + 1);
      return json.slice(0, offset) + inserted + json.slice(offset + removed);
    },
  );
  const text = fc.oneof(mutated, fc.array(fragment, { maxLength: 12 }).map((all) => all.join("")));
  fc.assert(
    fc.property(text, (text) => {
      assertEquals(findSyntaxFault(text) === null, parses(text));
    }),
    { numRuns: 3000 },
  );
});

Deno.test("positionAt() counts lines from 1 and columns in characters", () => {
  assertEquals(positionAt("", 0), { line: 1, column: 1 });
  assertEquals(positionAt("ab\ncd", 2), { line: 1, column: 3 });
  assertEquals(positionAt("ab\ncd", 3), { line: 2, column: 1 });
  assertEquals(positionAt("🐦🐦x", 4), { line: 1, column: 3 });
});

Deno.test("exceedsDepth() counts brackets outside strings only", () => {
  assertFalse(exceedsDepth("[[[]]]", 3));
  assert(exceedsDepth("[[[]]]", 2));
  assert(exceedsDepth('{"a": [{}]}', 2));
  assertFalse(exceedsDepth('["[[[[", "{\\"{{{", "\\\\"]', 1));
  assertFalse(exceedsDepth("[], ".repeat(1000), 1));
  assert(exceedsDepth("[".repeat(100_000), 100));
});

Deno.test("exceedsDepth() ends on a string that never closes", () => {
  assertFalse(exceedsDepth('["[[[[\\', 1));
});
