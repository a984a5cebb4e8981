/**
 * Finding ports to listen on.
 *
 * @module
 */

/**
 * Where free ports are looked for: below those that systems give to outgoing connections, one of
 * which could otherwise take the port before the program that it is meant for, or while that program
 * is started again.
 */
const LOWEST = 20_000;
const HIGHEST = 32_000;
const TRIES = 100;

/** The wished port if nobody has it, otherwise (and for 0) any free one. */
export function freePort(wished: number, hostname = "127.0.0.1"): number {
  if (wished !== 0 && isFree(wished, hostname)) return wished;
  for (let tries = 0; tries < TRIES; tries++) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (isFree(port, hostname)) return port;
  }
  throw new Error(`No free port on ${hostname} from ${LOWEST} to ${HIGHEST}`);
}

function isFree(port: number, hostname: string): boolean {
  try {
    Deno.listen({ hostname, port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}
