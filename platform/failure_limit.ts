/**
 * A limit on failed logins and wrong tokens by address, so that nobody can try them all.
 *
 * @module
 */

export interface FailureLimitOptions {
  /** Failures in a row that an address may have. @default {10} */
  readonly burst?: number;
  /** Time after which one more is allowed, ms. @default {3000} */
  readonly refillMs?: number;
  /** How long an address that showed a right token is spared, ms. @default {3600000} */
  readonly trustMs?: number;
  /** Addresses that are remembered; the one unseen for longest is forgotten. @default {10000} */
  readonly addressesMax?: number;
  /** Monotonic clock, ms. */
  readonly now?: () => number;
}

interface Entry {
  allowed: number;
  atMs: number;
  trustedUntilMs: number;
}

/**
 * A bucket of failures for each address. One that shares its address with others (behind a gateway,
 * or several programs on one machine) must not lock them out: a right token earns trust for a while.
 */
export class FailureLimit {
  readonly #burst: number;
  readonly #refillMs: number;
  readonly #trustMs: number;
  readonly #addressesMax: number;
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();

  constructor(
    {
      burst = 10,
      refillMs = 3000,
      trustMs = 3_600_000,
      addressesMax = 10_000,
      now = () => performance.now(),
    }: FailureLimitOptions = {},
  ) {
    this.#burst = burst;
    this.#refillMs = refillMs;
    this.#trustMs = trustMs;
    this.#addressesMax = addressesMax;
    this.#now = now;
  }

  /** Addresses remembered now. */
  get size(): number {
    return this.#entries.size;
  }

  /** Time until a token of this address is looked at again, ms; 0 = now. */
  waitMs(address: string): number {
    const entry = this.#current(address);
    if (entry === undefined || entry.allowed >= 1 || this.#now() < entry.trustedUntilMs) return 0;
    return Math.ceil((1 - entry.allowed) * this.#refillMs);
  }

  failed(address: string): void {
    const entry = this.#keep(address);
    entry.allowed = Math.max(0, entry.allowed - 1);
  }

  succeeded(address: string): void {
    this.#keep(address).trustedUntilMs = this.#now() + this.#trustMs;
  }

  #current(address: string): Entry | undefined {
    const entry = this.#entries.get(network(address));
    if (entry === undefined) return undefined;
    const now = this.#now();
    entry.allowed = Math.min(this.#burst, entry.allowed + (now - entry.atMs) / this.#refillMs);
    entry.atMs = now;
    return entry;
  }

  #keep(address: string): Entry {
    const key = network(address);
    const entry = this.#current(address) ??
      { allowed: this.#burst, atMs: this.#now(), trustedUntilMs: -Infinity };
    // Set anew, so that the first of the map is the one unseen for longest.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size > this.#addressesMax) {
      this.#entries.delete(this.#entries.keys().next().value!);
    }
    return entry;
  }
}

/** Whoever has one IPv6 address has all of its /64. */
function network(address: string): string {
  if (!address.includes(":") || address.includes(".")) return address;
  const [head = "", tail] = address.split("::");
  const groups = head.split(":").filter((group) => group !== "");
  const rest = tail === undefined ? [] : tail.split(":").filter((group) => group !== "");
  const zeros = Array(Math.max(0, 8 - groups.length - rest.length)).fill("0");
  return [...groups, ...zeros, ...rest].slice(0, 4).join(":");
}
