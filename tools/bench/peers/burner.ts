/**
 * A process that computes without a pause, as a simulation does, until it is stopped or whoever
 * started it is gone.
 *
 * @module
 */
import { out } from "../../../platform/terminal.ts";

const parent = Deno.ppid;
let value = 1;
out("Computing");

while (Deno.ppid === parent) {
  for (let at = 0; at < 1e8; at++) value = (value * 16_807) % 2_147_483_647;
}
Deno.exit(value === 0 ? 1 : 0);
