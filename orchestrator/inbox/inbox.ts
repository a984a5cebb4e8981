/**
 * The only door of the farm: watches the task folder, takes each file that is complete, and puts it
 * away with its receipt. Watching is only a hint (it misses events on network file systems and
 * overflows); what counts is the scan, at the start, after hints, and every few seconds.
 *
 * @module
 */
import { messageOf } from "../../platform/error_message.ts";
import { basename, join } from "node:path";
import { checkTaskFile } from "../../contract/task_file_check.ts";
import { writeNewFileAtomically } from "../../platform/atomic_file.ts";
import { getLogger } from "../../platform/log.ts";
import type { Dropped, InboxView } from "../farm.ts";
import { findUnmoved, type IntakeRooms, judgeFile, type Judgement, moveJudged } from "./intake.ts";
import { ChangedFileError, isSame, type Look } from "./large_file.ts";
import { findDropped, readDropped, type ReadFile } from "./reader.ts";
import { Settling } from "./settling.ts";

const log = getLogger("inbox");

/** Time between two scans that nobody asked for, ms. */
const RESCAN_MS = 5000;
/** Hints that come during a scan are gathered for this long, ms: a thousand make one scan. */
const HINT_MS = 2;

export interface InboxOptions extends Omit<IntakeRooms, "signal"> {
  readonly folder: string;
  /** How long a file that does not parse may stay as it is before it is refused, ms. */
  readonly settleMs: number;
  /** Why nothing may be taken now (a full queue, a full disk); null when all is well. */
  readonly closedBecause?: () => Promise<string | null>;
}

/** A file that was judged and could not be moved: it must not be judged again. */
interface Unmoved {
  readonly look: Look;
  readonly judgement: Judgement;
}

export class Inbox implements InboxView {
  readonly #options: InboxOptions & IntakeRooms;
  readonly #stop = new AbortController();
  readonly #settling: Settling;
  readonly #unmoved = new Map<string, Unmoved>();
  /** Things that are no files, told once. */
  readonly #strange = new Set<string>();
  #firstScan = true;
  #problem: string | null = null;
  #pending = 0;
  #stopping = false;
  #watcher: Deno.FsWatcher | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #scanning: Promise<void> | null = null;
  #scanAgain = false;
  #watching: Promise<void> | null = null;

  constructor(options: InboxOptions) {
    this.#options = { ...options, signal: this.#stop.signal };
    this.#settling = new Settling(options.settleMs);
  }

  get filesPending(): number {
    return this.#pending;
  }

  get problem(): string | null {
    return this.#problem;
  }

  async start(): Promise<void> {
    await this.#options.archive.ensure();
    this.#watching = this.#watch();
    this.#scan();
  }

  /** Takes no further file; resolves when the present one is done with. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#stop.abort();
    clearTimeout(this.#timer);
    this.#closeWatcher();
    await this.#scanning;
    await this.#watching;
  }

  async drop(
    text: string,
    { name }: { name?: string },
  ): Promise<Dropped> {
    const closed = await this.#closed();
    if (closed !== null) return { closed };
    const { algorithms, limits, folder } = this.#options;
    const checked = checkTaskFile(text, { algorithms, limits });
    if (!checked.ok) return { errors: checked.errors, total: checked.errorsTotal };
    try {
      const path = await writeNewFileAtomically(join(folder, safeName(name)), text);
      this.#hint();
      return { file: path.slice(path.lastIndexOf("/") + 1), tasks: checked.tasks.length };
    } catch (error) {
      return { closed: `${folder} cannot be written: ${messageOf(error)}` };
    }
  }

  // --- when to look -----------------------------------------------------------------------------

  async #watch(): Promise<void> {
    while (!this.#stopping) {
      try {
        this.#watcher = Deno.watchFs(this.#options.folder, { recursive: false });
        for await (const { paths } of this.#watcher) {
          // Files that are still being written have names with a dot in front.
          if (!paths.every((path) => basename(path).startsWith("."))) this.#hint();
        }
      } catch (error) {
        log.debug("Cannot watch the task folder, scanning goes on", { error: String(error) });
      }
      if (this.#stopping) return;
      // The folder may have been removed: the scan makes it again, then it can be watched again.
      await new Promise((resolve) => setTimeout(resolve, RESCAN_MS / 5));
      this.#hint();
    }
  }

  #closeWatcher(): void {
    try {
      this.#watcher?.close();
    } catch {
      // It had ended by itself.
    }
  }

  /** Something may have changed. A scan under way may have passed it by already. */
  #hint(): void {
    clearTimeout(this.#timer);
    this.#scan();
  }

  #scanIn(ms: number): void {
    if (this.#stopping) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#scan(), ms);
  }

  #scan(): void {
    if (this.#stopping) return;
    if (this.#scanning !== null) {
      this.#scanAgain = true;
      return;
    }
    this.#scanAgain = false;
    this.#scanning = this.#scanOnce().finally(() => {
      this.#scanning = null;
      this.#scanIn(this.#scanAgain ? HINT_MS : this.#nextScanMs());
    });
  }

  /** A settling file is looked at again when its time is up. */
  #nextScanMs(): number {
    return Math.min(RESCAN_MS, Math.max(HINT_MS, this.#settling.nextMs() + 1));
  }

  // --- looking ----------------------------------------------------------------------------------

  async #scanOnce(): Promise<void> {
    try {
      await this.#options.archive.ensure();
      const names = await this.#list();
      this.#forgetGone(names);
      this.#pending = names.length;
      const closed = await this.#closed();
      if (closed !== null) return this.#setProblem(closed);
      for (const name of names) {
        if (this.#stopping) return;
        await this.#look(name);
        const full = await this.#closed();
        if (full !== null) return this.#setProblem(full);
        this.#pending = Math.max(this.#settling.size, this.#pending - 1);
      }
      this.#firstScan = false;
      if (this.#unmoved.size === 0) this.#setProblem(null);
    } catch (error) {
      if (this.#stopping) return;
      this.#setProblem(`Cannot take task files from ${this.#options.folder}: ${messageOf(error)}`);
    }
  }

  #closed(): Promise<string | null> {
    return this.#options.closedBecause?.() ?? Promise.resolve(null);
  }

  async #list(): Promise<string[]> {
    const names: string[] = [];
    for await (const entry of Deno.readDir(this.#options.folder)) {
      if (entry.name.endsWith(".json") && !entry.name.startsWith(".")) names.push(entry.name);
    }
    return names.sort();
  }

  #forgetGone(names: readonly string[]): void {
    const present = new Set(names);
    for (const name of this.#settling.names()) if (!present.has(name)) this.#settling.forget(name);
    for (const known of [this.#unmoved, this.#strange]) {
      for (const name of known.keys()) if (!present.has(name)) known.delete(name);
    }
  }

  async #look(name: string): Promise<void> {
    const path = join(this.#options.folder, name);
    const found = await findDropped(path);
    if (found.kind === "gone") return;
    if (found.kind === "not_a_file") return this.#tellStrange(name, found.what);
    const { look } = found;
    const unmoved = this.#unmoved.get(name);
    if (unmoved !== undefined && isSame(unmoved.look, look)) return this.#putAway(name, unmoved);
    if (this.#settling.isWaiting(name, look)) return;
    const { limits, signal } = this.#options;
    const isDue = this.#settling.isDue(name, look);
    const reading = await readDropped({ path, look, signal }, { limits, isDue });
    // Whatever changed it told us so, or the next scan will see it.
    if (reading.kind === "changed") return;
    if (reading.kind === "unsettled" && (!isDue || reading.file === null)) {
      return this.#settling.note(name, look);
    }
    this.#settling.forget(name);
    const file = reading.file!;
    const judgement = await this.#judge(name, file);
    if (judgement !== null) await this.#putAway(name, { look, judgement });
  }

  /** Null when the file became another one meanwhile: nothing of it was kept. */
  async #judge(name: string, file: ReadFile): Promise<Judgement | null> {
    const old = this.#firstScan ? await findUnmoved(this.#options, name, file) : null;
    if (old !== null) return old;
    try {
      const judgement = await judgeFile(this.#options, name, file);
      tell(name, judgement);
      return judgement;
    } catch (error) {
      if (error instanceof ChangedFileError) return null;
      throw error;
    }
  }

  async #putAway(name: string, unmoved: Unmoved): Promise<void> {
    try {
      const moved = await moveJudged(this.#options.archive, name, unmoved);
      this.#unmoved.delete(name);
      if (!moved) this.#hint();
    } catch (error) {
      this.#unmoved.set(name, unmoved);
      this.#setProblem(
        `${name} was ${unmoved.judgement.verdict} and cannot be moved: ${messageOf(error)}`,
      );
    }
  }

  #tellStrange(name: string, what: string): void {
    if (this.#strange.has(name)) return;
    this.#strange.add(name);
    log.warning("Not a plain file, left alone: copy the task file itself into the folder", {
      name,
      what,
    });
  }

  #setProblem(problem: string | null): void {
    if (problem !== null && problem !== this.#problem) log.error("Task folder", { problem });
    this.#problem = problem;
  }
}

function tell(name: string, judgement: Judgement): void {
  if (judgement.verdict === "accepted") {
    const { batch, accepted, known, requeued } = judgement;
    log.info("Task file accepted", { name, batch, accepted, known, requeued });
  } else {
    const { archivedAs, total, errors } = judgement;
    const first = errors[0]?.message ?? "";
    log.warning("Task file rejected", {
      name,
      errors: total,
      first,
      see: `rejected/${archivedAs}`,
    });
  }
}

/** A name that stays inside the folder, whatever came over the network. */
function safeName(name: string | undefined): string {
  const base = (name ?? "").replace(/\.json$/i, "").replace(/[^\p{L}\p{N}_. -]+/gu, "_")
    .replace(/^\.+/, "").slice(0, 100);
  return `${base === "" ? "task" : base}.json`;
}
