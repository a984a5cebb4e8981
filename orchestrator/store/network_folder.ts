/**
 * Tells a folder on a network file system, where SQLite's log and its locks cannot be trusted.
 *
 * @module
 */

const NETWORK_TYPES =
  /^(nfs\d?|cifs|smb\d?|smbfs|afs|ceph|lustre|glusterfs|9p|vboxsf|fuse\.(sshfs|glusterfs|ceph-fuse|rclone|s3fs))$/;

/**
 * A warning if `folder` is on a network file system, null if not or if that cannot be known here.
 * Only Linux tells, in `/proc/self/mountinfo`.
 */
export function networkWarning(folder: string): string | null {
  if (Deno.build.os !== "linux") return null;
  let mounts: string;
  try {
    mounts = Deno.readTextFileSync("/proc/self/mountinfo");
  } catch {
    return null;
  }
  const type = fileSystemOf(Deno.realPathSync(folder), mounts);
  if (type === null || !NETWORK_TYPES.test(type)) return null;
  return `The folder ${folder} is on a network file system (${type}): the store can be damaged there, put STATE_DIR on a local disk`;
}

/** The type of the file system that holds an absolute path, by the text of `mountinfo`. */
export function fileSystemOf(path: string, mountinfo: string): string | null {
  let longest = "";
  let type: string | null = null;
  for (const line of mountinfo.split("\n")) {
    const [mount, system] = line.split(" - ");
    const point = unescape(mount?.split(" ")[4] ?? "");
    const prefix = point.endsWith("/") ? point : `${point}/`;
    if (point === "" || !`${path}/`.startsWith(prefix) || prefix.length < longest.length) continue;
    longest = prefix;
    type = system?.split(" ")[0] ?? null;
  }
  return type;
}

/** Blanks and the like stand as octal numbers. */
function unescape(text: string): string {
  return text.replace(/\\(\d{3})/g, (_, digits) => String.fromCharCode(parseInt(digits, 8)));
}
