import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { releaseLogFile, workerLogFile } from "./log_file.ts";

Deno.test("workerLogFile() names a file a worker when several share the folder", () => {
  const folder = join(Deno.makeTempDirSync(), "logs");
  try {
    assertEquals(workerLogFile(folder, "worker-01"), join(folder, "worker_service.log"));
    assertEquals(workerLogFile(folder, "worker-02"), join(folder, "worker_service_worker-02.log"));
    releaseLogFile();
    assertEquals(workerLogFile(folder, "worker-03"), join(folder, "worker_service.log"));
  } finally {
    releaseLogFile();
    Deno.removeSync(join(folder, ".."), { recursive: true });
  }
});

Deno.test("workerLogFile() leaves a folder that cannot be made to the log", () => {
  const file = Deno.makeTempFileSync();
  try {
    const folder = join(file, "logs");
    assertEquals(workerLogFile(folder, "worker-01"), join(folder, "worker_service.log"));
  } finally {
    releaseLogFile();
    Deno.removeSync(file);
  }
});
