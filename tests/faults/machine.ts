/**
 * What this machine lets a test do to it: small file systems, failing system calls, other clocks.
 * Each is looked for first; what is not there makes its cases skip.
 *
 * @module
 */
import { join } from "node:path";
import { sleep } from "./level.ts";

async function output(
  command: string,
  args: readonly string[],
): Promise<{ ok: boolean; text: string }> {
  try {
    const { success, stdout, stderr } = await new Deno.Command(command, {
      args: [...args],
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    return { ok: success, text: decoder.decode(stdout) + decoder.decode(stderr) };
  } catch (error) {
    return { ok: false, text: String(error) };
  }
}

async function must(command: string, args: readonly string[]): Promise<string> {
  const { ok, text } = await output(command, args);
  if (!ok) throw new Error(`${command} ${args.join(" ")}: ${text}`);
  return text;
}

/** A file system of a fixed size in memory. */
export class Tmpfs {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async mount(path: string, sizeKiB: number): Promise<Tmpfs> {
    await must("mount", ["-t", "tmpfs", "-o", `size=${sizeKiB}k`, "tmpfs", path]);
    return new Tmpfs(path);
  }

  /** Writes until nothing fits any more. */
  async fill(): Promise<void> {
    using file = await Deno.open(join(this.path, ".ballast"), { write: true, create: true });
    for (let size = 1 << 20; size >= 1;) {
      try {
        if (await file.write(new Uint8Array(size)) < size) size >>= 1;
      } catch {
        size >>= 1;
      }
    }
  }

  async free(): Promise<void> {
    await Deno.remove(join(this.path, ".ballast"));
  }

  /** Also while somebody still looks into it. */
  async unmount(): Promise<void> {
    await must("umount", ["-l", this.path]);
  }
}

export async function canMount(): Promise<boolean> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false;
  const path = await Deno.makeTempDir({ prefix: "faults_mount_" });
  try {
    const disk = await Tmpfs.mount(path, 64);
    await disk.unmount();
    return true;
  } catch {
    return false;
  } finally {
    await Deno.remove(path).catch(() => {});
  }
}

/**
 * Makes a folder immutable, or mutable again: a read-only file system would not do, because the
 * orchestrator keeps its lock open there and the kernel refuses to turn it.
 */
export async function lockFolder(path: string, locked: boolean): Promise<void> {
  await must("chattr", [locked ? "+i" : "-i", path]);
}

export async function canLock(): Promise<boolean> {
  const path = await Deno.makeTempDir({ prefix: "faults_lock_" });
  const { ok } = await output("chattr", ["+i", path]);
  if (ok) await lockFolder(path, false);
  await Deno.remove(path);
  return ok;
}

/** Whether system calls of another process can be made to fail. */
export async function traceable(): Promise<boolean> {
  return (await output("strace", ["-e", "inject=getppid:error=EIO", "true"])).ok;
}

/** Attaches strace with these injections to a running process; `end` detaches it. */
async function traced(pid: number, injections: readonly string[]) {
  const args = ["-f", "-q", "-o", "/dev/null", "-p", String(pid)];
  const options = injections.flatMap((injection) => ["-e", injection]);
  const child = new Deno.Command("strace", {
    args: [...args, ...options],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  // It is attached once the kernel names a tracer.
  for (let tries = 0; tries < 500; tries++) {
    const status = await Deno.readTextFile(join("/proc", String(pid), "status"));
    if (/TracerPid:\s+[1-9]/.test(status)) break;
    await sleep(10);
  }
  return {
    async end(): Promise<void> {
      child.kill("SIGINT");
      await child.status;
    },
  };
}

export const run = { traced };

/** The library that gives a process another clock, or null. */
export async function clockLibrary(): Promise<string | null> {
  for (const machine of ["x86_64-linux-gnu", "aarch64-linux-gnu"]) {
    const path = `/usr/lib/${machine}/faketime/libfaketimeMT.so.1`;
    if (await Deno.stat(path).then(() => true, () => false)) return path;
  }
  return null;
}

/** A network of its own for a program, joined to ours by a cable that can be pulled. */
export class Island {
  readonly name: string;
  /** Address of the island as seen from here. */
  readonly ip: string;
  readonly #cable: string;

  private constructor(name: string, third: number) {
    this.name = name;
    this.ip = `10.231.${third}.2`;
    this.#cable = `${name}c`;
  }

  static async raise(): Promise<Island> {
    const island = new Island(`fi${Deno.pid}`, Deno.pid % 250);
    const { name } = island;
    const cable = island.#cable;
    const here = island.ip.replace(/2$/, "1");
    await must("ip", ["netns", "add", name]);
    await must("ip", ["link", "add", cable, "type", "veth", "peer", "name", "e0", "netns", name]);
    await must("ip", ["addr", "add", `${here}/24`, "dev", cable]);
    await must("ip", ["link", "set", cable, "up"]);
    await must("ip", ["-n", name, "addr", "add", `${island.ip}/24`, "dev", "e0"]);
    for (const device of ["e0", "lo"]) await must("ip", ["-n", name, "link", "set", device, "up"]);
    return island;
  }

  /** Pulls the cable, or puts it in again. */
  async plug(isIn: boolean): Promise<void> {
    await must("ip", ["link", "set", this.#cable, isIn ? "up" : "down"]);
  }

  async sink(): Promise<void> {
    await must("ip", ["netns", "del", this.name]);
  }
}

export async function canRaise(): Promise<boolean> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false;
  const name = `fp${Deno.pid}`;
  const { ok } = await output("ip", ["netns", "add", name]);
  if (ok) await must("ip", ["netns", "del", name]);
  return ok;
}
