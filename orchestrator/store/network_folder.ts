/**
 * Tells a folder on a network file system, where SQLite's log and its locks cannot be trusted.
 *
 * @module
 */
import { statfsSync } from "node:fs";

/** What Linux calls the file systems of other machines, by their numbers in `statfs`. */
const NETWORK_TYPES: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB2"],
  [0x5346414f, "AFS"],
  [0x00c36400, "Ceph"],
  [0x0bd00bd0, "Lustre"],
  [0x01021997, "9P"],
  [0x65735546, "FUSE"],
]);

/**
 * A warning if `folder` is on a network file system, null if not or if it cannot be known: on other
 * systems than Linux, or without the permission `--allow-sys=statfs`.
 */
export function networkWarning(folder: string): string | null {
  const permission = Deno.permissions.querySync({ name: "sys", kind: "statfs" });
  if (Deno.build.os !== "linux" || permission.state !== "granted") return null;
  const name = networkName(statfsSync(folder).type);
  if (name === null) return null;
  return `The folder ${folder} is on a network file system (${name}): the store can be damaged there, set STATE_DIR to a folder on a local disk`;
}

/** The name of a network file system by its number, null for a local one. */
export function networkName(type: number): string | null {
  return NETWORK_TYPES.get(type >>> 0) ?? null;
}
