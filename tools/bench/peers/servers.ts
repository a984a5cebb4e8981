/**
 * Servers of the peers, on free ports of the loopback, with their data in a given folder and with
 * the durability that the table names.
 *
 * @module
 */
import { join } from "node:path";
import { freePort } from "../../ports.ts";
import { runCommand, startServer } from "./child.ts";
import type { Running, Started } from "./running.ts";

const INITDB_MS = 60_000;
/** The account that PostgreSQL runs under when the benchmark is run by root, which it refuses. */
const POSTGRES_USER = "postgres";

export interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

/** An empty Redis that answers after its append-only file is on disk. */
export async function startRedis(running: Running, folder: string): Promise<Server> {
  const data = await Deno.makeTempDir({ dir: folder, prefix: "redis_" });
  const port = freePort(0);
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--dir", data]
    .concat("--appendonly", "yes", "--appendfsync", "always", "--save", "")
    .concat("--maxmemory-policy", "noeviction");
  const server = await startServer(
    running,
    { command: "redis-server", args },
    /Ready to accept connections/,
  );
  return { url: `redis://127.0.0.1:${port}`, stop: () => stopAndRemove(server, data) };
}

async function stopAndRemove(server: Started<void>, data: string): Promise<void> {
  await server.stop();
  await Deno.remove(data, { recursive: true });
}

/**
 * PostgreSQL with its stock settings (fsync, full_page_writes and synchronous_commit on) and larger
 * buffers. The cluster in the folder is kept for the next rounds.
 */
export async function startPostgres(
  running: Running,
  { folder, programs }: { folder: string; programs: string },
): Promise<Server> {
  const data = join(folder, "postgres");
  await initPostgres(running, { data, programs });
  const port = freePort(0);
  const settings = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "shared_buffers=256MB",
  ];
  const server = await startServer(running, {
    ...asPostgres(join(programs, "postgres"), [
      ...["-D", data, "-p", String(port)],
      ...settings.flatMap((setting) => ["-c", setting]),
    ]),
    // Its fast shutdown: clients are sent away.
    stopSignal: "SIGINT",
  }, /ready to accept connections/);
  return { url: `postgres://postgres@127.0.0.1:${port}/postgres`, stop: () => server.stop() };
}

async function initPostgres(
  running: Running,
  { data, programs }: { data: string; programs: string },
): Promise<void> {
  try {
    await Deno.mkdir(data);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return;
    throw error;
  }
  if (Deno.uid() === 0) {
    await runCommand(running, { command: "chown", args: [POSTGRES_USER, data] }, INITDB_MS);
  }
  const args = ["-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C"];
  await runCommand(running, asPostgres(join(programs, "initdb"), args), INITDB_MS);
}

function asPostgres(program: string, args: readonly string[]) {
  if (Deno.uid() !== 0) return { command: program, args };
  const user = [`--reuid=${POSTGRES_USER}`, `--regid=${POSTGRES_USER}`, "--clear-groups"];
  return { command: "setpriv", args: [...user, program, ...args] };
}
