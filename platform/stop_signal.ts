/**
 * The signals that ask a program to stop.
 *
 * @module
 */
import { EXIT } from "./arguments.ts";

/**
 * A Ctrl-C may arrive several times: the terminal sends it to every process, and `npx` and `deno
 * task` pass theirs on. What comes within this time, ms, is the echo of the first.
 */
export const ECHO_MS = 300;

export type StopSignal = "SIGINT" | "SIGTERM";

/** Exit codes of programs that were asked to stop. */
export const EXIT_OF: Readonly<Record<StopSignal, number>> = {
  SIGINT: EXIT.interrupted,
  SIGTERM: EXIT.terminated,
};

/** Resolves with the first signal; a second one that is no echo ends the process at once. */
export function stopSignal(): Promise<StopSignal> {
  const { promise, resolve } = Promise.withResolvers<StopSignal>();
  let askedAtMs: number | null = null;
  const listenTo = (signal: StopSignal) =>
    Deno.addSignalListener(signal, () => {
      if (askedAtMs === null) {
        askedAtMs = performance.now();
        resolve(signal);
      } else if (performance.now() - askedAtMs > ECHO_MS) {
        Deno.exit(EXIT_OF[signal]);
      }
    });
  listenTo("SIGINT");
  // Windows knows no SIGTERM and throws.
  if (Deno.build.os !== "windows") listenTo("SIGTERM");
  return promise;
}
