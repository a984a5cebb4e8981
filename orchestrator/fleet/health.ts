/**
 * What is known of a worker's health, for people: pings, connection, load and the last problem. The
 * scheduler does not wait for any of it; leases do.
 *
 * @module
 */
import type { Heartbeat, Hello } from "../../contract/wire.ts";

export interface HealthRules {
  /** Time between two pings, ms. */
  readonly pingMs: number;
  /** Failed pings in a row that make a worker unstable. */
  readonly failuresMax: number;
  /** Silence that makes it inactive, ms. */
  readonly silenceMaxMs: number;
}

export type HealthStatus = "active" | "unstable" | "inactive" | "draining" | "unknown";

export class HealthRecord {
  readonly #rules: HealthRules;
  readonly #createdMono = performance.now();
  #connected = false;
  #draining = false;
  #lastHeardMono: number | null = null;
  #lastPing: number | null = null;
  #responseMs: number | null = null;
  #failures = 0;
  #cpu: number | null = null;
  #memoryBytes: number | null = null;
  #version: string | null = null;
  #clockSkewMs: number | null = null;
  #problem: string | null = null;

  constructor(rules: HealthRules) {
    this.#rules = rules;
  }

  get isConnected(): boolean {
    return this.#connected;
  }

  connected(hello: Hello, problem: string | null): void {
    this.#connected = true;
    this.#draining = hello.draining;
    this.#version = hello.version;
    this.#clockSkewMs = Math.round(hello.at - Date.now());
    this.#problem = problem;
    this.#failures = 0;
    this.#lastHeardMono = performance.now();
  }

  disconnected(): void {
    this.#connected = false;
  }

  beat(beat: Heartbeat): void {
    this.#draining = beat.draining;
    this.#cpu = beat.cpu;
    this.#memoryBytes = beat.memory_bytes;
    this.#lastHeardMono = performance.now();
  }

  answered(responseMs: number): void {
    this.#responseMs = responseMs;
    this.#lastPing = Date.now();
    this.#lastHeardMono = performance.now();
    this.#failures = 0;
  }

  missed(problem: string): void {
    this.#failures++;
    this.#problem = problem;
  }

  failed(problem: string): void {
    this.#problem = problem;
  }

  get status(): HealthStatus {
    const silentMs = performance.now() - (this.#lastHeardMono ?? this.#createdMono);
    if (silentMs > this.#rules.silenceMaxMs) return "inactive";
    if (this.#lastHeardMono === null) return "unknown";
    if (!this.#connected || this.#failures >= this.#rules.failuresMax) return "unstable";
    return this.#draining ? "draining" : "active";
  }

  read() {
    return {
      status: this.status,
      response_ms: this.#responseMs,
      last_ping: this.#lastPing,
      consecutive_failures: this.#failures,
      cpu: this.#connected ? this.#cpu : null,
      memory_bytes: this.#connected ? this.#memoryBytes : null,
      version: this.#version,
      clock_skew_ms: this.#clockSkewMs,
      problem: this.#problem,
    };
  }
}
