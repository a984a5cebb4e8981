/**
 * Figures as people read them. Used by the server for the first HTML and by the browser for what
 * changes afterwards, so that a number looks the same before and after.
 *
 * @module
 */

/** What stands where there is no value. */
export const NOTHING = "–";

export type FormatName = "number" | "rate" | "percent" | "seconds" | "span" | "bytes" | "share";

export class Format {
  readonly #number: Intl.NumberFormat;
  readonly #short: Intl.NumberFormat;
  readonly #percent: Intl.NumberFormat;
  readonly #clock: Intl.DateTimeFormat;
  readonly #moment: Intl.DateTimeFormat;
  readonly #minute: Intl.DateTimeFormat;
  readonly #day: Intl.DateTimeFormat;

  constructor(language: string) {
    this.#number = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
    this.#short = new Intl.NumberFormat(language, { maximumSignificantDigits: 3 });
    this.#percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
    const minute = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
    const day = { day: "numeric", month: "short" } as const;
    this.#clock = new Intl.DateTimeFormat(language, { ...minute, second: "2-digit" });
    this.#moment = new Intl.DateTimeFormat(language, { ...day, ...minute });
    this.#minute = new Intl.DateTimeFormat(language, minute);
    this.#day = new Intl.DateTimeFormat(language, day);
  }

  /** Formats by name, for values that the page names in its HTML. */
  named(name: FormatName, value: number | null | undefined): string {
    return this[name](value);
  }

  number(value: number | null | undefined): string {
    return value === null || value === undefined ? NOTHING : this.#number.format(value);
  }

  /** Three significant digits: what a pace can honestly carry. */
  rate(value: number | null | undefined): string {
    if (value === null || value === undefined) return NOTHING;
    return value >= 1000 ? this.#number.format(value) : this.#short.format(value);
  }

  percent(share: number | null | undefined): string {
    return share === null || share === undefined ? NOTHING : this.#percent.format(share);
  }

  /** Like `percent`, without decimals: for what jumps about. */
  share(share: number | null | undefined): string {
    return share === null || share === undefined ? NOTHING : `${Math.round(share * 100)} %`;
  }

  /** A measured time: `2.13 s`, `430 ms`, `3 min 20 s`. */
  seconds(seconds: number | null | undefined): string {
    if (seconds === null || seconds === undefined) return NOTHING;
    if (seconds >= 100) return this.span(seconds);
    if (seconds >= 1) return `${this.#short.format(seconds)} s`;
    if (seconds === 0) return "0 s";
    const milliseconds = seconds * 1000;
    return milliseconds < 0.001
      ? "< 1 µs"
      : milliseconds < 1
      ? `${this.#short.format(milliseconds * 1000)} µs`
      : `${this.#short.format(milliseconds)} ms`;
  }

  /** A time to wait or that has passed, in its two largest units. */
  span(seconds: number | null | undefined): string {
    if (seconds === null || seconds === undefined) return NOTHING;
    const whole = Math.round(seconds);
    const units: [number, string][] = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
    const first = units.findIndex(([size]) => whole >= size);
    if (first < 0) return "0 s";
    const [size, name] = units[first]!;
    const rest = units[first + 1];
    const parts = [`${this.#number.format(Math.floor(whole / size))} ${name}`];
    const left = rest === undefined ? 0 : Math.floor((whole % size) / rest[0]);
    if (left > 0) parts.push(`${left} ${rest![1]}`);
    return parts.join(" ");
  }

  bytes(bytes: number | null | undefined): string {
    if (bytes === null || bytes === undefined) return NOTHING;
    const units = ["B", "kB", "MB", "GB", "TB"];
    const step = bytes < 1 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3));
    return `${this.#short.format(bytes / 1000 ** step)} ${units[step]}`;
  }

  minute(epochMs: number): string {
    return this.#minute.format(epochMs);
  }

  day(epochMs: number): string {
    return this.#day.format(epochMs);
  }

  /** The time of day, with the day when it is another one than `now`. */
  moment(epochMs: number, now: number): string {
    const sameDay = new Date(epochMs).toDateString() === new Date(now).toDateString();
    return (sameDay ? this.#clock : this.#moment).format(epochMs);
  }
}
