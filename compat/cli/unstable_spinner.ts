/**
 * A turning sign that shows that something is going on.
 *
 * @module
 */

/** Terminal colours the spinner can have. */
export type Color =
  | "black"
  | "red"
  | "green"
  | "yellow"
  | "blue"
  | "magenta"
  | "cyan"
  | "white"
  | "gray";

/** How the spinner looks. */
export interface SpinnerOptions {
  /** The pictures, shown in turn. */
  spinner?: string[];
  /** The text beside the picture. @default {""} */
  message?: string;
  /** Time per picture in milliseconds. @default {75} */
  interval?: number;
  /** The colour of the picture, by default that of the terminal. */
  color?: Color;
  /** Where the spinner is drawn. @default {Deno.stdout} */
  output?: typeof Deno.stdout | typeof Deno.stderr;
}

const CODES: Record<Color, number> = {
  black: 30,
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  magenta: 35,
  cyan: 36,
  white: 37,
  gray: 90,
};
const CLEAR_LINE = "\r\x1b[K";
const RESET = "\x1b[0m";

const encoder = new TextEncoder();

/** Draws one line again and again between {@linkcode Spinner.start} and {@linkcode Spinner.stop}. */
export class Spinner {
  /** The text beside the picture; may change while the spinner runs. */
  message: string;
  #pictures: string[];
  #intervalMs: number;
  #color: Color | undefined;
  #output: typeof Deno.stdout | typeof Deno.stderr;
  #timer: ReturnType<typeof setInterval> | undefined;
  #turn = 0;

  constructor(options: SpinnerOptions = {}) {
    this.message = options.message ?? "";
    this.#pictures = options.spinner ?? [..."⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"];
    this.#intervalMs = options.interval ?? 75;
    this.#color = options.color;
    this.#output = options.output ?? Deno.stdout;
  }

  /** The colour of the picture; may change while the spinner runs. */
  get color(): Color | undefined {
    return this.#color;
  }
  set color(value: Color | undefined) {
    this.#color = value;
  }

  /** Starts to draw; without effect if the spinner runs already. */
  start(): void {
    if (this.#timer !== undefined) return;
    this.#turn = 0;
    this.#draw();
    this.#timer = setInterval(() => this.#draw(), this.#intervalMs);
  }

  /** Stops and removes the line; without effect if the spinner does not run. */
  stop(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#write(CLEAR_LINE);
  }

  #draw(): void {
    const picture = this.#pictures[this.#turn++ % this.#pictures.length] ?? "";
    const paint = this.#color ? `\x1b[${CODES[this.#color]}m` : "";
    this.#write(`${CLEAR_LINE}${paint}${picture}${RESET} ${this.message}`);
  }

  #write(text: string): void {
    this.#output.writeSync(encoder.encode(text));
  }
}
