/**
 * A file that lines are appended to: rotated by size, opened anew when somebody moved or removed
 * it, and never the reason why a program stops.
 *
 * @module
 */
import { dirname } from "node:path";

export interface RotatingFileOptions {
  /** Size at which the file is moved to `<path>.1`. @default 10 MiB */
  readonly maxBytes?: number;
  /** How many old files are kept: `<path>.1` is the youngest. @default 5 */
  readonly oldFiles?: number;
  /** Told once when writing starts to fail. */
  readonly onFailure?: (error: unknown) => void;
}

const encoder = new TextEncoder();

/** Appends synchronously, so that the last line before a crash is there. */
export class RotatingFile {
  readonly #path: string;
  readonly #options: Required<RotatingFileOptions>;
  #file: Deno.FsFile | undefined;
  #identity = "";
  #linesLost = 0;

  constructor(path: string, options: RotatingFileOptions = {}) {
    this.#path = path;
    this.#options = { maxBytes: 10 * 1024 * 1024, oldFiles: 5, onFailure: () => {}, ...options };
  }

  /** Appends one line (without its line break). Never throws: a line that cannot be kept is counted. */
  writeLine(line: string): void {
    try {
      if (this.#linesLost > 0) {
        this.#append(`${this.#linesLost} lines could not be written here`);
        this.#linesLost = 0;
      }
      this.#append(line);
    } catch (error) {
      this.#linesLost++;
      this.close();
      if (this.#linesLost === 1) this.#options.onFailure(error);
    }
  }

  /** Closes the file; the next line opens it again. */
  close(): void {
    try {
      this.#file?.close();
    } catch {
      // A descriptor that is gone already is what we want.
    }
    this.#file = undefined;
  }

  #append(line: string): void {
    let bytes = encoder.encode(line + "\n");
    if (this.#presentSize() + bytes.length > this.#options.maxBytes) this.#rotate();
    const file = this.#file ?? this.#open();
    while (bytes.length > 0) bytes = bytes.subarray(file.writeSync(bytes));
  }

  /** Size of the file at the path; 0 and closed when another file, or none, stands there now. */
  #presentSize(): number {
    let info: Deno.FileInfo | undefined;
    try {
      info = Deno.statSync(this.#path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    if (info === undefined || identity(info) !== this.#identity) this.close();
    return info?.size ?? 0;
  }

  #open(): Deno.FsFile {
    Deno.mkdirSync(dirname(this.#path), { recursive: true });
    const file = Deno.openSync(this.#path, { append: true, create: true });
    this.#file = file;
    this.#identity = identity(file.statSync());
    return file;
  }

  /** A rotation that fails half-way costs no line: writing goes on in whatever file is there. */
  #rotate(): void {
    this.close();
    const old = (age: number) => age === 0 ? this.#path : `${this.#path}.${age}`;
    if (this.#options.oldFiles < 1) return Deno.truncateSync(this.#path);
    for (let age = this.#options.oldFiles - 1; age >= 0; age--) {
      try {
        Deno.renameSync(old(age), old(age + 1));
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) return;
      }
    }
  }
}

/** Where the system gives no inode, every file counts as the one we opened. */
function identity(info: Deno.FileInfo): string {
  return info.ino === null ? "" : `${info.dev}:${info.ino}`;
}
