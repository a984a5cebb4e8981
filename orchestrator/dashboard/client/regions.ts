/**
 * Keeps lists and details fresh: the page is asked for again and the parts that changed are put in.
 * The server stays the only one who knows how they look. Seldom enough not to be felt there.
 *
 * @module
 */
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

/** Shortest time between two looks, ms, as the page wants it; longer when the server takes its time. */
const PAUSE_MS = Number(document.body.dataset["pause"] ?? 2000);
const PAUSE_FACTOR = 15;

export class Regions {
  #stale = false;
  #busy = false;
  #nextAt = 0;
  #timer: number | undefined;
  /** Called when new parts stand in the page. */
  readonly #renewed: () => void;

  constructor(renewed: () => void) {
    this.#renewed = renewed;
    this.#repeat();
  }

  /** Parts that show this topic are old, unless it was about other tasks than theirs. */
  touch(topic: string, data: unknown): void {
    const parts = document.querySelectorAll<HTMLElement>("[data-refresh]");
    const shown = [...parts].some((part) =>
      part.dataset["refresh"]!.split(",").includes(topic) && concerns(part, data as Changes)
    );
    if (shown) this.refresh();
  }

  /** Looks as soon as it may. */
  refresh(): void {
    this.#stale = true;
    if (this.#busy || this.#timer !== undefined) return;
    const wait = Math.max(0, this.#nextAt - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#look();
    }, wait) as unknown as number;
  }

  async #look(): Promise<void> {
    if (!this.#stale || document.visibilityState !== "visible") return;
    this.#stale = false;
    this.#busy = true;
    const startedAt = performance.now();
    try {
      const response = await fetch(location.href, { headers: { accept: "text/html" } });
      if (response.ok) this.#put(await response.text());
    } catch {
      // The stream notices when the server is back, and asks for everything anew.
    } finally {
      const took = performance.now() - startedAt;
      this.#nextAt = performance.now() + Math.max(PAUSE_MS, PAUSE_FACTOR * took);
      this.#busy = false;
      if (this.#stale) this.refresh();
    }
  }

  #put(text: string): void {
    // Parsed apart from this page, so nothing in it runs.
    const fresh = new DOMParser().parseFromString(text, "text/html");
    for (const part of document.querySelectorAll<HTMLElement>("[data-refresh]")) {
      const next = fresh.getElementById(part.id);
      if (next === null || part.innerHTML === next.innerHTML) continue;
      if (isInUse(part)) {
        this.#stale = true;
        continue;
      }
      const focused = part.contains(document.activeElement) ? document.activeElement : null;
      const place = focused === null ? null : placeOf(focused, part);
      part.replaceChildren(...next.childNodes);
      syncData(part, next);
      if (place !== null) part.querySelectorAll<HTMLElement>(FOCUSABLE)[place]?.focus();
    }
    this.#renewed();
  }

  /** Parts that change without an event, such as the progress of a simulation. */
  #repeat(): void {
    setInterval(() => {
      const parts = document.querySelectorAll<HTMLElement>("[data-every]");
      const second = Math.floor(Date.now() / 1000);
      const due = [...parts].some((part) => second % Number(part.dataset["every"]) === 0);
      if (due && document.visibilityState === "visible") this.refresh();
    }, 1000);
  }
}

/** What events about tasks and batches have in common. */
interface Changes {
  readonly changes?: readonly { readonly task_id?: string; readonly batch?: string }[];
  readonly omitted?: number;
}

function concerns(part: HTMLElement, { changes, omitted = 0 }: Changes): boolean {
  const { task, batch } = part.dataset;
  if (changes === undefined || omitted > 0) return true;
  return changes.some((change) =>
    (task === undefined || change.task_id === task) &&
    (batch === undefined || change.batch === batch)
  );
}

const FOCUSABLE = "a, button, input, select, textarea, [tabindex]";

function placeOf(element: Element, part: HTMLElement): number {
  return [...part.querySelectorAll(FOCUSABLE)].indexOf(element);
}

/** A part in which something is being selected or written is left alone. */
function isInUse(part: HTMLElement): boolean {
  const selection = getSelection();
  if (selection !== null && !selection.isCollapsed && part.contains(selection.anchorNode)) {
    return true;
  }
  const active = document.activeElement;
  return part.contains(active) && active !== null && active.matches("input, textarea, select");
}

function syncData(part: HTMLElement, next: HTMLElement): void {
  if (next.dataset["every"] === undefined) delete part.dataset["every"];
  else part.dataset["every"] = next.dataset["every"];
}
