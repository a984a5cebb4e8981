/**
 * A bar that shows how much of something is done.
 *
 * @module
 */

/** What a formatter is told on each redraw. */
export interface ProgressBarFormatter {
  /** The time since the start as `mm:ss`. */
  styledTime: string;
  /** The bar, as in `###-------`. */
  progressBar: string;
  /** Milliseconds since the start. */
  time: number;
  /** `time` of the redraw before. */
  previousTime: number;
  /** How much is done. */
  value: number;
  /** `value` of the redraw before. */
  previousValue: number;
  /** How much there is to do. */
  max: number;
}

/** How the bar looks and where it is drawn. */
export interface ProgressBarOptions {
  /** @default {Deno.stderr.writable} */
  writable?: WritableStream<Uint8Array>;
  /** How much is done at the start. @default {0} */
  value?: number;
  /** How much there is to do. */
  max: number;
  /** Characters between the brackets. @default {50} */
  barLength?: number;
  /** @default {"#"} */
  fillChar?: string;
  /** @default {"-"} */
  emptyChar?: string;
  /** Whether the bar is removed when it stops. @default {false} */
  clear?: boolean;
  /** Makes the line; by default `[mm:ss] [###---] [0.24/97.6 KiB]`. */
  formatter?: (x: ProgressBarFormatter) => string;
  /** Whether the writable stays open when the bar stops. @default {true} */
  keepOpen?: boolean;
  /** Milliseconds between redraws. @default {1000} */
  interval?: number;
}

const CLEAR_LINE = "\r\x1b[K";
const UNITS = ["KiB", "MiB", "GiB", "TiB", "PiB"];

/** Redraws itself in an interval from its creation until {@linkcode ProgressBar.stop}. */
export class ProgressBar {
  /** How much is done; set it as the work goes on. */
  value: number;
  /** How much there is to do. */
  max: number;
  #options: ProgressBarOptions;
  #writer: WritableStreamDefaultWriter<string>;
  #piped: Promise<void>;
  #timer: ReturnType<typeof setInterval>;
  #startedAt = Date.now();
  #previousTime = 0;
  #previousValue: number;

  constructor(options: ProgressBarOptions) {
    this.#options = options;
    this.value = options.value ?? 0;
    this.max = options.max;
    this.#previousValue = this.value;
    const stream = new TextEncoderStream();
    this.#writer = stream.writable.getWriter();
    this.#timer = setInterval(() => this.#print(), options.interval ?? 1000);
    // A reader that goes away ends the drawing, never the program whose progress is drawn.
    this.#piped = stream.readable
      .pipeTo(options.writable ?? Deno.stderr.writable, { preventClose: options.keepOpen ?? true })
      .catch(() => clearInterval(this.#timer));
    this.#print();
  }

  /** Draws the bar a last time, or removes it, and lets go of the output. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#options.clear) {
      this.#write(CLEAR_LINE);
    } else {
      this.#print();
      this.#write("\n");
    }
    await this.#writer.close().catch(ignore);
    await this.#piped;
  }

  #print(): void {
    const x = this.#snapshot();
    this.#write(CLEAR_LINE + (this.#options.formatter ?? defaultFormatter)(x));
    this.#previousTime = x.time;
    this.#previousValue = x.value;
  }

  #snapshot(): ProgressBarFormatter {
    const { barLength = 50, fillChar = "#", emptyChar = "-" } = this.#options;
    const time = Date.now() - this.#startedAt;
    const share = Math.min(Math.max(this.value / this.max, 0), 1) || 0;
    const filled = Math.trunc(share * barLength);
    return {
      styledTime: styledTime(time),
      progressBar: fillChar.repeat(filled) + emptyChar.repeat(barLength - filled),
      time,
      previousTime: this.#previousTime,
      value: this.value,
      previousValue: this.#previousValue,
      max: this.max,
    };
  }

  #write(text: string): void {
    this.#writer.write(text).catch(ignore);
  }
}

function styledTime(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  const twoDigits = (n: number) => String(n).padStart(2, "0");
  return `${twoDigits(Math.trunc(seconds / 60))}:${twoDigits(seconds % 60)}`;
}

function defaultFormatter(x: ProgressBarFormatter): string {
  let unit = 1;
  while (unit < UNITS.length && x.max >= 1024 ** (unit + 1)) unit++;
  const amount = (value: number) => (value / 1024 ** unit).toFixed(2);
  return `[${x.styledTime}] [${x.progressBar}] [${amount(x.value)}/${amount(x.max)} ${
    UNITS[unit - 1]
  }]`;
}

function ignore(): void {}
