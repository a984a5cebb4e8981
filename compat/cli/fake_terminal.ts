/**
 * A terminal for tests: keys are typed into `Deno.stdin`, what is written to `Deno.stdout` is kept.
 *
 * @module
 */

/** What stands in for the terminal. */
export interface FakeTerminalOptions {
  /** What each read of the input brings; then the input ends. */
  reads?: string[];
  /** @default {true} */
  isTerminal?: boolean;
  /** @default {24} */
  rows?: number;
}

/** Replaces the terminal of the process until it is disposed of. */
export class FakeTerminal implements Disposable {
  /** Everything written so far. */
  output = "";
  /** The raw modes that were set, in order. */
  rawModes: boolean[] = [];
  /** The exit code, if the program was ended. */
  exitCode: number | undefined;
  #restores: Array<() => void> = [];

  constructor({ reads = [], isTerminal = true, rows = 24 }: FakeTerminalOptions = {}) {
    const pending = [...reads];
    this.#replace(Deno.stdin, "isTerminal", () => isTerminal);
    this.#replace(Deno.stdin, "setRaw", (raw: boolean) => void this.rawModes.push(raw));
    this.#replace(Deno.stdin, "readSync", (buffer: Uint8Array) => {
      const next = pending.shift();
      return next === undefined ? null : new TextEncoder().encodeInto(next, buffer).written;
    });
    this.#replace(Deno.stdout, "writeSync", (bytes: Uint8Array) => {
      this.output += new TextDecoder().decode(bytes);
      return bytes.length;
    });
    this.#replace(Deno, "consoleSize", () => ({ columns: 80, rows }));
    this.#replace(Deno, "exit", (code: number) => {
      this.exitCode = code;
      throw new Error("The program was ended");
    });
  }

  /** The lines on screen after the last redraw. */
  get screen(): string[] {
    // deno-lint-ignore no-control-regex -- terminal codes begin with the escape character
    const last = this.output.split(/\x1b\[\d+A\x1b\[J/).at(-1) ?? "";
    // deno-lint-ignore no-control-regex -- as above
    return last.replaceAll(/\x1b\[\?25[lh]/g, "").split("\r\n").filter((line) => line !== "");
  }

  [Symbol.dispose](): void {
    for (const restore of this.#restores) restore();
  }

  #replace<T extends object>(target: T, name: keyof T, value: unknown): void {
    const own = Object.getOwnPropertyDescriptor(target, name);
    Object.defineProperty(target, name, { value, configurable: true, writable: true });
    this.#restores.push(() => {
      if (own) Object.defineProperty(target, name, own);
      else Reflect.deleteProperty(target, name);
    });
  }
}
