/**
 * A TCP proxy that hurts what passes through it: delay, jitter, bandwidth, cuts, resets by chance,
 * one way silent, refusal. All of it can be changed while connections are open.
 *
 * @module
 */
import { chanceOf, sleep } from "./level.ts";

export interface Weather {
  /** Delay of each piece, ms, plus or minus the jitter. */
  delayMs: number;
  jitterMs: number;
  /** Bytes a second each way; Infinity = no limit. */
  bytesPerSecond: number;
  /** Chance that a piece resets its connection instead of passing. */
  resetChance: number;
  /** Reset after so many bytes towards the client; Infinity = never. */
  cutAfterBytes: number;
  /** Pieces towards the target, or from it, vanish; connections stay open. */
  silentTo: boolean;
  silentFrom: boolean;
  /** New connections are closed at once. */
  refuses: boolean;
}

const FAIR: Weather = {
  delayMs: 0,
  jitterMs: 0,
  bytesPerSecond: Infinity,
  resetChance: 0,
  cutAfterBytes: Infinity,
  silentTo: false,
  silentFrom: false,
  refuses: false,
};

/** What is read at a time: small, so that delays and resets fall into the middle of messages. */
const PIECE_BYTES = 4096;

export class FaultProxy {
  readonly port: number;
  weather: Weather = { ...FAIR };
  resets = 0;
  connections = 0;
  readonly #target: number;
  readonly #chance: () => number;
  #listener: Deno.TcpListener;
  readonly #open = new Set<Deno.TcpConn>();
  #running: Promise<void>;

  constructor(targetPort: number, { seed = 1 }: { seed?: number } = {}) {
    this.#target = targetPort;
    this.#chance = chanceOf(seed);
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    this.#running = this.#accept();
  }

  set(change: Partial<Weather>): void {
    this.weather = { ...this.weather, ...change };
  }

  heal(): void {
    this.weather = { ...FAIR };
  }

  /** Both ways silent, open connections stay open: a cable that is pulled. */
  partition(): void {
    this.set({ silentTo: true, silentFrom: true });
  }

  /** Ends every open connection. */
  reset(): void {
    for (const connection of this.#open) close(connection);
    this.#open.clear();
  }

  /** Nobody listens any more, as on a machine whose program has ended. */
  stopListening(): void {
    close(this.#listener);
    this.reset();
  }

  listenAgain(): void {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: this.port });
    this.#running = this.#accept();
  }

  async close(): Promise<void> {
    this.stopListening();
    await this.#running;
  }

  async #accept(): Promise<void> {
    const pipes: Promise<void>[] = [];
    try {
      for await (const client of this.#listener) {
        if (this.weather.refuses) close(client);
        else pipes.push(this.#join(client));
      }
    } catch {
      // The listener was closed.
    }
    await Promise.all(pipes);
  }

  async #join(client: Deno.TcpConn): Promise<void> {
    this.connections++;
    this.#open.add(client);
    try {
      const target = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
      this.#open.add(target);
      await Promise.all([
        this.#pipe(client, target, "silentTo"),
        this.#pipe(target, client, "silentFrom"),
      ]);
    } catch {
      close(client);
    }
  }

  async #pipe(from: Deno.TcpConn, to: Deno.TcpConn, way: "silentTo" | "silentFrom"): Promise<void> {
    const buffer = new Uint8Array(PIECE_BYTES);
    let passed = 0;
    try {
      for (;;) {
        const size = await from.read(buffer);
        if (size === null) break;
        const { weather } = this;
        await this.#wait(size);
        // A piece that vanished takes the rest with it: TCP has no holes. The end stays silent
        // until the connection is reset, as with a cable that was pulled for long.
        if (this.weather[way]) continue;
        passed += size;
        const cut = way === "silentFrom" && passed > weather.cutAfterBytes;
        if (cut || this.#chance() < weather.resetChance) {
          this.resets++;
          break;
        }
        for (let at = 0; at < size;) at += await to.write(buffer.subarray(at, size));
      }
    } catch {
      // One of the two ends has gone.
    }
    close(from);
    close(to);
    this.#open.delete(from);
    this.#open.delete(to);
  }

  async #wait(size: number): Promise<void> {
    const { delayMs, jitterMs, bytesPerSecond } = this.weather;
    const ms = delayMs + (2 * this.#chance() - 1) * jitterMs + 1000 * size / bytesPerSecond;
    if (ms > 0) await sleep(ms);
  }
}

function close(what: { close(): void }): void {
  try {
    what.close();
  } catch {
    // It was closed before.
  }
}
