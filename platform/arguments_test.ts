import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  type CommandSpec,
  type FlagSpec,
  nearest,
  parseCommand,
  parseNumber,
  UsageError,
} from "./arguments.ts";

const spec = {
  command: "deno task example",
  summary: "Does something.",
  examples: ["deno task example --port 5001 a.json"],
  flags: {
    port: { kind: "integer", value: "N", min: 0, max: 65535, description: "Port" },
    "worker-id": { kind: "text", value: "ID", description: "Name" },
    mode: { kind: "text", choices: ["fast", "exact"], description: "Mode" },
    ratio: { kind: "number", description: "Ratio" },
    wait: { kind: "switch", description: "Wait" },
  },
  operands: { name: "FILE", min: 0, max: 2 },
} satisfies CommandSpec<Record<string, FlagSpec>>;

function sentence(args: string[]): string {
  return assertThrows(() => parseCommand(args, spec), UsageError).message;
}

Deno.test("parseCommand() reads flags, switches and operands", () => {
  const { flags, operands, help } = parseCommand(
    ["--port", "5001", "--worker-id=worker-01", "--ratio", "0.5", "--wait", "2024", "b.json"],
    spec,
  );
  assertEquals({ ...flags }, {
    port: 5001,
    "worker-id": "worker-01",
    mode: undefined,
    ratio: 0.5,
    wait: true,
  });
  assertEquals(operands, ["2024", "b.json"]);
  assertEquals(help, false);
});

Deno.test("parseCommand() takes what follows -- as operands", () => {
  assertEquals(parseCommand(["--", "--port"], spec).operands, ["--port"]);
});

Deno.test("parseCommand() lets --help win over a wrong line", () => {
  assertEquals(parseCommand(["--prot", "x", "--help"], spec).help, true);
  assertEquals(parseCommand(["-h"], spec).help, true);
});

Deno.test("parseCommand() says in one sentence what is wrong", () => {
  assertEquals(sentence(["--prot", "1"]), "Unknown flag --prot; did you mean --port?");
  assertEquals(sentence(["--prot=1"]), "Unknown flag --prot; did you mean --port?");
  assertEquals(sentence(["--unheard-of"]), "Unknown flag --unheard-of; --help lists the flags");
  assertEquals(sentence(["--port"]), "--port needs a value: an integer from 0 to 65535");
  assertEquals(sentence(["--port", "abc"]), '--port is "abc" but takes an integer from 0 to 65535');
  assertEquals(
    sentence(["--port=70000"]),
    '--port is "70000" but takes an integer from 0 to 65535',
  );
  assertEquals(sentence(["--port", "1.5"]), '--port is "1.5" but takes an integer from 0 to 65535');
  assertEquals(sentence(["--port=1", "--port=2"]), "--port is given 2 times; give it once");
  assertEquals(sentence(["--mode", "slow"]), '--mode is "slow" but takes fast | exact');
  assertStringIncludes(sentence(["a", "b", "c"]), 'Unexpected argument "c"');
});

Deno.test("parseCommand() asks for operands that are missing", () => {
  const needy = { ...spec, operands: { name: "FILE", min: 1 } };
  const error = assertThrows(() => parseCommand([], needy), UsageError);
  assertEquals(error.message, "FILE is missing; --help shows how to call this");
});

Deno.test("parseNumber() takes decimal notation only", () => {
  const integer = { kind: "integer" };
  assertEquals(["12", "-3", "+4"].map((text) => parseNumber(text, integer)), [12, -3, 4]);
  for (const text of ["", " 1", "0x10", "1e3", "9007199254740993", "1_000"]) {
    assertEquals(parseNumber(text, integer), undefined, text);
  }
  const number = { kind: "number", min: 0 };
  assertEquals([".5", "2.", "1e3"].map((text) => parseNumber(text, number)), [0.5, 2, 1000]);
  for (const text of ["-1", "Infinity", "NaN", "1e999"]) {
    assertEquals(parseNumber(text, number), undefined, text);
  }
});

Deno.test("nearest() finds typing errors and no far-fetched guesses", () => {
  assertEquals(nearest("worker-di", ["port", "worker-id"]), "worker-id");
  assertEquals(nearest("x", ["port", "id"]), undefined);
  assertEquals(nearest("capacity", ["port", "host"]), undefined);
});
