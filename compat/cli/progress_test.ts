/**
 * Tests of the progress bar and the spinner.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { ProgressBar, type ProgressBarFormatter } from "./unstable_progress_bar.ts";
import { Spinner } from "./unstable_spinner.ts";

/** A stream that keeps what is written to it. */
function recorder(): { writable: WritableStream<Uint8Array>; text(): string; isClosed(): boolean } {
  let text = "";
  let closed = false;
  const writable = new WritableStream<Uint8Array>({
    write: (chunk) => void (text += new TextDecoder().decode(chunk)),
    close: () => void (closed = true),
  });
  return { writable, text: () => text, isClosed: () => closed };
}

Deno.test("ProgressBar draws itself at the start and at the end", async () => {
  const { writable, text, isClosed } = recorder();
  const bar = new ProgressBar({ writable, max: 10_000 });
  bar.value += 5000;
  await bar.stop();
  assertEquals(text().replaceAll(/\d\d:\d\d/g, "mm:ss").split("\r\x1b[K"), [
    "",
    `[mm:ss] [${"-".repeat(50)}] [0.00/9.77 KiB]`,
    `[mm:ss] [${"#".repeat(25)}${"-".repeat(25)}] [4.88/9.77 KiB]\n`,
  ]);
  assertEquals(isClosed(), false);
});

Deno.test("ProgressBar removes itself and closes the output if asked to", async () => {
  const { writable, text, isClosed } = recorder();
  await new ProgressBar({ writable, max: 1, clear: true, keepOpen: false }).stop();
  assertEquals(text().split("\r\x1b[K").at(-1), "");
  assertEquals(isClosed(), true);
});

Deno.test("ProgressBar stays within its bounds and chooses a fitting unit", async () => {
  const cases: Array<[number, number, string]> = [
    [-1, 2 ** 10, "[..] [-0.00/1.00 KiB]"],
    [2 ** 21, 2 ** 20, "[##] [2.00/1.00 MiB]"],
    [2 ** 29, 2 ** 30, "[#.] [0.50/1.00 GiB]"],
    [0, 0, "[..] [0.00/0.00 KiB]"],
  ];
  for (const [value, max, expected] of cases) {
    const { writable, text } = recorder();
    await new ProgressBar({ writable, value, max, barLength: 2, emptyChar: "." }).stop();
    assertEquals(text().trimEnd().slice(-expected.length), expected);
  }
});

Deno.test("ProgressBar tells its formatter what was and what is", async () => {
  const calls: ProgressBarFormatter[] = [];
  const { writable, text } = recorder();
  const formatter = (x: ProgressBarFormatter) => `${calls.push(x)};`;
  const bar = new ProgressBar({ writable, max: 4, barLength: 4, formatter });
  bar.value = 1;
  bar.max = 2;
  await bar.stop();
  assertEquals(text(), "\r\x1b[K1;\r\x1b[K2;\n");
  assertEquals(calls.map((x) => [x.previousValue, x.value, x.max, x.progressBar]), [
    [0, 0, 4, "----"],
    [0, 1, 2, "##--"],
  ]);
  assertEquals(calls[1]?.previousTime, calls[0]?.time);
});

Deno.test("ProgressBar redraws itself in its interval", async () => {
  const drawn = Promise.withResolvers<void>();
  let count = 0;
  const writable = new WritableStream<Uint8Array>({
    write() {
      if (++count === 3) drawn.resolve();
    },
  });
  const bar = new ProgressBar({ writable, max: 1, interval: 1 });
  await drawn.promise;
  await bar.stop();
});

Deno.test("ProgressBar survives an output that breaks", async () => {
  const writable = new WritableStream<Uint8Array>({
    write: () => Promise.reject(new Error("closed")),
  });
  const bar = new ProgressBar({ writable, max: 1 });
  await bar.stop();
});

/** Runs a spinner until it has drawn so many times; returns all it wrote. */
async function drawings(spinner: Spinner, output: { writeSync: unknown }, count: number) {
  const writes: string[] = [];
  const drawn = Promise.withResolvers<void>();
  const original = Object.getOwnPropertyDescriptor(output, "writeSync");
  output.writeSync = (bytes: Uint8Array) => {
    if (writes.push(new TextDecoder().decode(bytes)) === count) drawn.resolve();
    return bytes.length;
  };
  try {
    spinner.start();
    spinner.start();
    await drawn.promise;
    spinner.stop();
    spinner.stop();
  } finally {
    if (original) Object.defineProperty(output, "writeSync", original);
    else Reflect.deleteProperty(output, "writeSync");
  }
  return writes;
}

Deno.test("Spinner shows its pictures in turn and removes the line", async () => {
  const spinner = new Spinner({ spinner: ["0", "1"], message: "Wait", interval: 1 });
  assertEquals((await drawings(spinner, Deno.stdout, 3)).slice(0, 3), [
    "\r\x1b[K0\x1b[0m Wait",
    "\r\x1b[K1\x1b[0m Wait",
    "\r\x1b[K0\x1b[0m Wait",
  ]);
});

Deno.test("Spinner has a colour, another output, and starts anew after a stop", async () => {
  const spinner = new Spinner({ color: "red", output: Deno.stderr, interval: 1 });
  const first = await drawings(spinner, Deno.stderr, 1);
  assertEquals(first[0], "\r\x1b[K\x1b[31m⠋\x1b[0m ");
  assertEquals(first.at(-1), "\r\x1b[K");
  spinner.color = "gray";
  spinner.message = "x";
  assert((await drawings(spinner, Deno.stderr, 1))[0]?.endsWith("\x1b[90m⠋\x1b[0m x"));
});
