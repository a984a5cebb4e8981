/**
 * The version of the farm, the same in all its programs. Kept equal to the one in `deno.json`,
 * which compiled programs do not carry along.
 *
 * @module
 */

export const VERSION = "0.1.0";
