/**
 * The only place that logs: one line a record, `time LEVEL program: message key=value`, into a
 * rotating file and, if wanted, to stderr. Built on LogTape.
 *
 * @module
 */
import { messageOf } from "./error_message.ts";
import * as logtape from "@logtape/logtape";
import { RotatingFile, type RotatingFileOptions } from "./rotating_file.ts";

/** Levels as LOG_LEVEL names them, quiet last; lower case is accepted too. */
export const LOG_LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] as const;
export type LogLevel = typeof LOG_LEVELS[number];

/** What a record carries besides its message. */
export type Details = Readonly<Record<string, unknown>>;

/** Writes records of one part of the program. The message is constant text, values are details. */
export interface Logger {
  debug(message: string, details?: Details): void;
  info(message: string, details?: Details): void;
  warning(message: string, details?: Details): void;
  error(message: string, details?: Details): void;
  critical(message: string, details?: Details): void;
}

export interface LoggingOptions extends RotatingFileOptions {
  /** First word after the level, e.g. "worker". */
  readonly program: string;
  readonly level: LogLevel;
  /** Absent: no file. Missing folders are created. */
  readonly file?: string;
  /** Also write records of this level and above to stderr. Absent: none. */
  readonly stderr?: LogLevel;
}

const LOGTAPE_LEVELS = {
  DEBUG: "debug",
  INFO: "info",
  WARNING: "warning",
  ERROR: "error",
  CRITICAL: "fatal",
} as const satisfies Record<LogLevel, logtape.LogLevel>;

const WRITTEN_LEVELS: Readonly<Record<logtape.LogLevel, LogLevel>> = {
  trace: "DEBUG",
  debug: "DEBUG",
  info: "INFO",
  warning: "WARNING",
  error: "ERROR",
  fatal: "CRITICAL",
};

const ROOT = "farm";
const encoder = new TextEncoder();

/** Starts logging; may be called again to change where to. Before it, records go nowhere. */
export function configureLogging(options: LoggingOptions): void {
  const sinks: Record<string, logtape.Sink> = {};
  if (options.file !== undefined) {
    const file = new RotatingFile(options.file, {
      ...options,
      onFailure: (error) =>
        writeStderr(`Cannot write the log ${options.file}: ${messageOf(error)}`),
    });
    const sink = (record: logtape.LogRecord) =>
      file.writeLine(formatRecord(record, options.program));
    sinks["file"] = Object.assign(sink, { [Symbol.dispose]: () => file.close() });
  }
  const { stderr } = options;
  if (stderr !== undefined) {
    const least = LOG_LEVELS.indexOf(stderr);
    sinks["stderr"] = (record) => {
      if (LOG_LEVELS.indexOf(WRITTEN_LEVELS[record.level]) < least) return;
      writeStderr(formatRecord(record, options.program));
    };
  }
  logtape.configureSync({
    reset: true,
    sinks,
    loggers: [
      { category: ROOT, sinks: Object.keys(sinks), lowestLevel: LOGTAPE_LEVELS[options.level] },
      { category: ["logtape", "meta"], sinks: [], lowestLevel: null },
    ],
  });
}

/** Closes the log file. Records written afterwards go nowhere. */
export function closeLogging(): void {
  logtape.resetSync();
}

/** The logger of one part of the program, e.g. `getLogger("pool")`. */
export function getLogger(part?: string): Logger {
  const logger = logtape.getLogger(part === undefined ? [ROOT] : [ROOT, part]);
  // LogTape takes braces in a message for placeholders; ours are text.
  const escape = (message: string) => message.replaceAll("{", "{{").replaceAll("}", "}}");
  const at = (level: LogLevel) => (message: string, details: Details = {}) =>
    logger[LOGTAPE_LEVELS[level]](escape(message), details);
  return {
    debug: at("DEBUG"),
    info: at("INFO"),
    warning: at("WARNING"),
    error: at("ERROR"),
    critical: at("CRITICAL"),
  };
}

/** The text of one record, without line break and on one line whatever it contains. */
export function formatRecord(
  record: Pick<logtape.LogRecord, "category" | "level" | "message" | "properties" | "timestamp">,
  program: string,
): string {
  const name = [program, ...record.category.slice(1)].join(".");
  const details = Object.entries(record.properties)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}=${formatValue(value)}`)
    .join("");
  const message = oneLine(record.message.join(""));
  return `${localTime(record.timestamp)} ${
    WRITTEN_LEVELS[record.level]
  } ${name}: ${message}${details}`;
}

function formatValue(value: unknown): string {
  let text: string;
  if (value instanceof Error) text = `${value.name}: ${messageOf(value)}`;
  else if (typeof value === "object" && value !== null) text = jsonOf(value);
  else text = String(value);
  return /^[^\s"=\p{Cc}]+$/u.test(text) ? text : oneLine(JSON.stringify(text));
}

function jsonOf(value: object): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}

function oneLine(text: string): string {
  return text.replace(
    /[\p{Cc}\u2028\u2029]/gu,
    (character) => "\\u" + character.charCodeAt(0).toString(16).padStart(4, "0"),
  );
}

/** Local time with its offset: `2024-07-08T14:30:00.123-04:00`. */
export function localTime(epochMs: number): string {
  const second = Math.floor(epochMs / 1000);
  if (second !== latest.second) latest = secondInWords(second);
  const ms = Math.floor(epochMs - second * 1000);
  return `${latest.upToSecond}.${String(ms).padStart(3, "0")}${latest.offset}`;
}

interface SecondInWords {
  readonly second: number;
  readonly upToSecond: string;
  readonly offset: string;
}

/** Thousands of moments in a row lie in the same second, and the calendar is what costs. */
let latest: SecondInWords = { second: NaN, upToSecond: "", offset: "" };

function secondInWords(second: number): SecondInWords {
  const offset = -new Date(second * 1000).getTimezoneOffset();
  const upToSecond = new Date((second + offset * 60) * 1000).toISOString().slice(0, -5);
  const pad = (number: number) => String(Math.floor(Math.abs(number))).padStart(2, "0");
  const sign = offset < 0 ? "-" : "+";
  return { second, upToSecond, offset: `${sign}${pad(offset / 60)}:${pad(offset % 60)}` };
}

/** A closed stderr must not stop the program either. */
function writeStderr(line: string): void {
  try {
    Deno.stderr.writeSync(encoder.encode(line + "\n"));
  } catch {
    // Nowhere left to say it.
  }
}
