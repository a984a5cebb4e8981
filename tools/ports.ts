/**
 * Finding ports to listen on.
 *
 * @module
 */

/** The wished port if nobody has it, otherwise any free one. */
export function freePort(wished: number, hostname = "127.0.0.1"): number {
  for (const port of [wished, 0]) {
    try {
      const listener = Deno.listen({ hostname, port });
      const free = (listener.addr as Deno.NetAddr).port;
      listener.close();
      return free;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse) || port === 0) throw error;
    }
  }
  throw new Error(`No free port on ${hostname}`);
}
