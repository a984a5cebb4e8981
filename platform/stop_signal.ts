/**
 * What asks a program to stop: signals, and the end of the program that started it.
 *
 * @module
 */
import { EXIT } from "./arguments.ts";
import { getLogger } from "./log.ts";

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

/**
 * Names the process whose end is the end of this one, by its id. Whoever starts a program that shall
 * not outlive it sets this; a program that was started by hand knows no such process.
 */
export const PARENT_VARIABLE = "FARM_PARENT_PID";
/** Time between two looks at the parent, ms. */
const PARENT_LOOK_MS = 500;

/**
 * Resolves when the parent that was named has ended, however that came about; never where none was.
 * Windows tells nobody that a parent has ended.
 */
export function parentEnd(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const parent = Deno.env.get(PARENT_VARIABLE);
  if (!parent) return promise;
  const timer = setInterval(() => {
    // An orphan is given to another process.
    if (String(Deno.ppid) === parent) return;
    clearInterval(timer);
    getLogger().warning("The program that started this one has ended", { pid: parent });
    resolve();
  }, PARENT_LOOK_MS);
  Deno.unrefTimer(timer);
  return promise;
}

/**
 * Resolves with the first signal; a second one that is no echo ends the process at once. The end of
 * the parent counts as SIGTERM.
 */
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
  parentEnd().then(() => {
    askedAtMs ??= performance.now();
    resolve("SIGTERM");
  });
  return promise;
}
