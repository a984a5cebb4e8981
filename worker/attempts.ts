/**
 * Every attempt that this worker holds, from its acceptance to the acknowledgement of its outcome.
 * Idempotent by farm, task and attempt number; a newer attempt of a task takes the place of an
 * older one.
 *
 * Memory: at most HELD_MAX attempts are held at once, whatever orchestrators do; beyond it new ones
 * are refused. With an outcome of about 1 KB each this bounds the ledger near 20 MB.
 *
 * @module
 */
import type { Assignment, AttemptRef, Outcome } from "../contract/wire.ts";
import { getLogger } from "../platform/log.ts";

const log = getLogger("attempts");

/** Most attempts held at once: waiting, running, or ended and not yet acknowledged. */
export const HELD_MAX = 20_000;
/** A farm that asked for nothing for this long is given up when room is needed, ms. */
const SILENT_MS = 24 * 60 * 60 * 1000;
/** Acknowledged attempts that are still recognised when a dispatch is repeated late, at least. */
const REMEMBERED = 10_000;

/** An outcome as it is held here: a result is the text that its thread made of it. */
export type HeldOutcome =
  | Exclude<Outcome, { status: "completed" }>
  | Omit<Extract<Outcome, { status: "completed" }>, "result"> & { readonly result: string };

/** One attempt and where it stands. */
export interface Attempt {
  readonly farm: string;
  readonly assignment: Assignment;
  state: "waiting" | "running" | "ended";
  /** Set when its end is no longer wanted: what its outcome shall be. */
  stopAs?: "cancelled" | "returned";
  /** There exactly when the state is "ended". */
  outcome?: HeldOutcome;
}

interface Farm {
  /** By attempt key, in the order of acceptance. */
  readonly held: Map<string, Attempt>;
  /** The newest attempt of each task that is held. */
  readonly newest: Map<string, Attempt>;
  readonly remembered: Memory;
  /** When its orchestrator was last heard, monotonic ms. */
  heardMs: number;
}

/** The attempts of all farms. */
export class AttemptLedger {
  readonly #farms = new Map<string, Farm>();
  #held = 0;
  #ended = 0;

  /** All attempts held. */
  get held(): number {
    return this.#held;
  }

  /** Attempts that ended and are not acknowledged. */
  get unacknowledged(): number {
    return this.#ended;
  }

  /** True while one more attempt may be held. Gives up abandoned farms rather than say no. */
  hasRoom(nowMs?: number): boolean {
    if (this.#held >= HELD_MAX) this.#giveUpSilentFarms(nowMs ?? performance.now());
    return this.#held < HELD_MAX;
  }

  /** The orchestrator of a farm has asked for something. */
  heard(farmId: string): void {
    this.#farm(farmId).heardMs = performance.now();
  }

  #giveUpSilentFarms(nowMs: number): void {
    for (const [id, { held, heardMs }] of this.#farms) {
      const ended = [...held.values()].every(({ state }) => state === "ended");
      if (!ended || nowMs - heardMs < SILENT_MS) continue;
      this.#farms.delete(id);
      this.#held -= held.size;
      this.#ended -= held.size;
      log.warning("Outcomes of an abandoned farm dropped", { farm: id, count: held.size });
    }
  }

  /** What {@linkcode admit} would say, without admitting. */
  recognise(farmId: string, ref: AttemptRef): "known" | "superseded" | undefined {
    const farm = this.#farms.get(farmId);
    if (farm === undefined) return undefined;
    const key = attemptKey(ref);
    if (farm.held.has(key) || farm.remembered.has(key)) return "known";
    const newest = farm.newest.get(ref.task_id);
    return newest !== undefined && newest.assignment.attempt > ref.attempt
      ? "superseded"
      : undefined;
  }

  /** Holds a new attempt; the caller has checked that it is not known and that there is room. */
  admit(farmId: string, assignment: Assignment): { attempt: Attempt; older: Attempt | undefined } {
    const farm = this.#farm(farmId);
    const attempt: Attempt = { farm: farmId, assignment, state: "waiting" };
    const older = farm.newest.get(assignment.task_id);
    farm.held.set(attemptKey(assignment), attempt);
    farm.newest.set(assignment.task_id, attempt);
    this.#held++;
    return { attempt, older: older?.state === "ended" ? undefined : older };
  }

  /** The held attempt of this number, if there is one. */
  find(farmId: string, ref: AttemptRef): Attempt | undefined {
    return this.#farms.get(farmId)?.held.get(attemptKey(ref));
  }

  /** Records how an attempt ended. False when it had ended before: the first outcome stands. */
  end(attempt: Attempt, outcome: HeldOutcome): boolean {
    if (attempt.state === "ended") return false;
    attempt.state = "ended";
    attempt.outcome = outcome;
    this.#ended++;
    return true;
  }

  /** Forgets ended attempts whose outcomes are durable elsewhere. Returns how many. */
  acknowledge(farmId: string, refs: readonly AttemptRef[]): number {
    const farm = this.#farms.get(farmId);
    if (farm === undefined) return 0;
    farm.heardMs = performance.now();
    let forgotten = 0;
    for (const ref of refs) {
      const key = attemptKey(ref);
      const attempt = farm.held.get(key);
      if (attempt?.state !== "ended") continue;
      farm.held.delete(key);
      if (farm.newest.get(ref.task_id) === attempt) farm.newest.delete(ref.task_id);
      farm.remembered.add(key);
      forgotten++;
    }
    this.#held -= forgotten;
    this.#ended -= forgotten;
    return forgotten;
  }

  /** References to the attempts of a farm that wait or run. */
  holds(farmId: string): AttemptRef[] {
    return this.#list(farmId).filter(({ state }) => state !== "ended").map(refOf);
  }

  /** The ended attempts of a farm that are not acknowledged, in the order of acceptance. */
  endedOf(farmId: string): Attempt[] {
    return this.#list(farmId).filter(({ state }) => state === "ended");
  }

  #list(farmId: string): Attempt[] {
    return [...this.#farms.get(farmId)?.held.values() ?? []];
  }

  #farm(id: string): Farm {
    let farm = this.#farms.get(id);
    if (farm === undefined) {
      const heardMs = performance.now();
      farm = { held: new Map(), newest: new Map(), remembered: new Memory(), heardMs };
      this.#farms.set(id, farm);
    }
    return farm;
  }
}

/** What identifies an attempt on the wire. */
export function refOf({ assignment: { task_id, attempt } }: Attempt): AttemptRef {
  return { task_id, attempt };
}

/** A number holds no colon, so no two attempts share a key. */
function attemptKey({ task_id, attempt }: AttemptRef): string {
  return `${attempt}:${task_id}`;
}

/**
 * The latest keys, REMEMBERED to twice as many. In two generations, because taking the oldest key
 * out of a set again and again costs a walk over all that were taken out before it.
 */
class Memory {
  #young = new Set<string>();
  #old = new Set<string>();

  has(key: string): boolean {
    return this.#young.has(key) || this.#old.has(key);
  }

  add(key: string): void {
    this.#young.add(key);
    if (this.#young.size < REMEMBERED) return;
    this.#old = this.#young;
    this.#young = new Set();
  }
}
