/**
 * Which log file is this worker's: the first worker of a folder writes `worker_service.log`, others
 * that run beside it `worker_service_<id>.log`.
 *
 * @module
 */
import { join } from "node:path";

/** Held as long as the process lives; the system releases the lock with the process, however it ends. */
let held: Deno.FsFile | undefined;

/** The path of the log. Where nothing can be created, the usual name; the log then says so itself. */
export function workerLogFile(folder: string, workerId: string): string {
  const usual = join(folder, "worker_service.log");
  try {
    Deno.mkdirSync(folder, { recursive: true });
    const file = Deno.openSync(join(folder, ".worker_service.lock"), { write: true, create: true });
    if (file.tryLockSync(true)) {
      held = file;
      return usual;
    }
    file.close();
    return join(folder, `worker_service_${workerId}.log`);
  } catch {
    return usual;
  }
}

/** Lets another worker have the usual name. */
export function releaseLogFile(): void {
  held?.close();
  held = undefined;
}
