/**
 * The farm over https: its own certificate, and workers whose certificates one authority signed.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { FarmClient } from "../tools/farm_client.ts";
import { startOrchestrator, startWorker } from "../tools/local_farm.ts";
import { freePort } from "../tools/ports.ts";
import { runTool } from "../tools/testing/run_tool.ts";

const PATIENCE_MS = 60_000;

async function openssl(folder: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("openssl", { args, cwd: folder }).output();
  assert(success, new TextDecoder().decode(stderr));
}

async function isThere(): Promise<boolean> {
  try {
    return (await new Deno.Command("openssl", { args: ["version"] }).output()).success;
  } catch {
    return false;
  }
}
const ignore = !(await isThere());

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/** An authority `NAME.pem` and a certificate for this machine that it signed. */
async function makeAuthority(folder: string, name: string): Promise<void> {
  await openssl(
    folder,
    ...["req", "-x509", ...NEW_KEY, "-keyout", `${name}.key`, "-out", `${name}.pem`],
    ...["-days", "2", "-subj", `/CN=${name}`],
  );
  const request = ["-subj", "/CN=localhost", "-keyout", `${name}_server.key`];
  await openssl(folder, "req", ...NEW_KEY, ...request, "-out", `${name}.csr`);
  const names = "subjectAltName=IP:127.0.0.1,DNS:localhost\nbasicConstraints=CA:FALSE\n";
  await Deno.writeTextFile(join(folder, "names.ext"), names);
  await openssl(
    folder,
    ...["x509", "-req", "-in", `${name}.csr`, "-CA", `${name}.pem`, "-CAkey", `${name}.key`],
    ...["-CAcreateserial", "-days", "2", "-extfile", "names.ext", "-out", `${name}_server.pem`],
  );
}

const served = (name: string) => ["--cert", `${name}_server.pem`, "--key", `${name}_server.key`];

Deno.test({
  name: `a farm over https runs tasks on workers of its authority${
    ignore ? " (skipped: there is no openssl)" : ""
  }`,
  ignore,
  async fn(t) {
    const folder = await Deno.makeTempDir({ prefix: "https_farm_" });
    await makeAuthority(folder, "ours");
    await makeAuthority(folder, "theirs");
    const places = [
      { id: "worker-01", port: freePort(0), capacity: 1, flags: served("ours") },
      { id: "worker-02", port: freePort(0), capacity: 1, flags: served("theirs") },
      { id: "worker-03", port: freePort(0), capacity: 1, flags: [] },
    ];
    const workers = places.map(({ id, port }) => ({ id, ip: "127.0.0.1", port }));
    await Deno.writeTextFile(join(folder, "config_workers.json"), JSON.stringify({ workers }));
    const token = ["--token-file", "farm.token"];
    const env = { RESULTS_SAVE_INTERVAL: "1" };
    const flags = [...token, ...served("ours"), "--worker-ca", "ours.pem"];
    const orchestrator = await startOrchestrator({ folder, port: 0, flags, env });
    const programs = [
      orchestrator,
      ...await Promise.all(
        places.map((place) => startWorker(place, { folder, flags: [...token, ...place.flags] })),
      ),
    ];
    const caCert = await Deno.readTextFile(join(folder, "ours.pem"));
    using client = Deno.createHttpClient({ caCerts: [caCert] });
    const secret = (await Deno.readTextFile(join(folder, "farm.token"))).trim();
    const authorization = `Bearer ${secret}`;
    const get = async (path: string) => {
      const response = await fetch(orchestrator.url + path, { client, headers: { authorization } });
      return await response.json();
    };
    try {
      await t.step("the addresses say https, and plain http is no way in", async () => {
        assertMatch(orchestrator.url, /^https:\/\/127\.0\.0\.1:\d+$/);
        assertMatch(programs[1]!.url, /^https:/);
        const plain = orchestrator.url.replace("https", "http");
        const error = await fetch(plain).then(() => null, (error) => error);
        assert(error instanceof TypeError);
      });

      await t.step("a client that trusts another authority shows no token", async () => {
        const stranger = new FarmClient(orchestrator.url, secret);
        const error = await stranger.get("/stats").then(() => null, (error: Error) => error);
        assertEquals(error?.name, "Unreachable");
      });

      await t.step("only the worker of our authority is taken", async () => {
        const endMs = performance.now() + PATIENCE_MS;
        let seen: { id: string; status: string; problem: string | null }[] = [];
        // Until a worker listens, its problem is another one.
        const ready = () =>
          seen[0]?.status === "active" && seen.slice(1).every(({ problem }) => problem !== null) &&
          /certificate|UnknownIssuer/i.test(seen[1]?.problem ?? "");
        while (!ready()) {
          assert(performance.now() < endMs, JSON.stringify(seen));
          await new Promise((resolve) => setTimeout(resolve, 50));
          seen = await get("/workers");
        }
        assert(seen.slice(1).every(({ status }) => status !== "active"));
      });

      await t.step("a command line tool submits and waits", async () => {
        const parameters = { num_particles: 3, num_steps: 2 };
        const tasks = ["a", "b"].map((task_id) => ({ task_id, algorithm: "python", parameters }));
        await Deno.writeTextFile(join(folder, "two.json"), JSON.stringify({ tasks }));
        const args = ["two.json", "--wait", "--orchestrator", orchestrator.url, ...token];
        const env = { DENO_CERT: join(folder, "ours.pem") };
        const { code, stdout } = await runTool("submit", args, folder, env);
        assertEquals([code, stdout], [0, "two.json: 2 of 2 completed\n"]);
        const rows = await get("/tasks");
        assertEquals(rows.map((row: { assigned_worker: string }) => row.assigned_worker), [
          "worker-01",
          "worker-01",
        ]);
      });

      await t.step("check-communication uses the same authority and token", async () => {
        const args = ["--json", "--orchestrator", orchestrator.url, ...token];
        const env = { DENO_CERT: join(folder, "ours.pem") };
        const pinned = [...args, "--worker-ca", "ours.pem"];
        const { code, stdout } = await runTool("check_communication", pinned, folder, env);
        const { workers } = JSON.parse(stdout);
        assertEquals(code, 3);
        const reached = workers.map((worker: { reachable_from_here: boolean }) =>
          worker.reachable_from_here
        );
        assertEquals(reached, [true, false, false]);
      });

      await t.step("a session's cookie never leaves https", async () => {
        const body = new URLSearchParams({ token: secret });
        const init = { method: "POST", body, client, redirect: "manual" } as const;
        const response = await fetch(`${orchestrator.url}/login`, init);
        await response.body?.cancel();
        assertMatch(
          response.headers.get("set-cookie")!,
          /^__Host-farm_session_\d+=operator\.\S+; .*HttpOnly; Secure; SameSite=Strict$/,
        );
      });
    } finally {
      await Promise.all(programs.map((program) => program.stop()));
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "a certificate that does not go with its key stops the start with a sentence",
  ignore,
  async fn() {
    const folder = await Deno.makeTempDir();
    await makeAuthority(folder, "ours");
    await makeAuthority(folder, "theirs");
    const flags = ["--cert", "ours_server.pem", "--key", "theirs_server.key"];
    const ends = await Promise.allSettled([
      startOrchestrator({ folder, port: 0, flags }),
      startWorker({ id: "worker-01", port: 0 }, { folder, flags }),
    ]);
    for (const end of ends) {
      assert(end.status === "rejected", "it started");
      assertMatch(end.reason.message, /exit code 1: .*(Cannot serve https|cannot run)/s);
      assert(!end.reason.message.includes("PRIVATE"));
    }
    await Deno.remove(folder, { recursive: true });
  },
});
