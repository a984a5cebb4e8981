import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { join } from "node:path";
import { LOOPBACK_ACCESS, readAccess, serveOptions, urlOf } from "./access.ts";
import { UsageError } from "./arguments.ts";
import { Settings } from "./settings.ts";

const NONE = new Settings({});
const TOKEN = "an-operators-token-of-some-length";

async function inFolder(test: (folder: string) => void): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("readAccess() needs nothing on this machine, and a token or --insecure beyond", () => {
  assertEquals(readAccess({}, { host: "127.0.0.1", settings: NONE }), LOOPBACK_ACCESS);
  const error = assertThrows(
    () => readAccess({}, { host: "0.0.0.0", settings: NONE }),
    UsageError,
    "--token-file",
  );
  assertMatch(error.message, /--insecure/);
  const open = readAccess({ insecure: true }, { host: "0.0.0.0", settings: NONE });
  assertEquals([open.tokens, open.notices.length], [null, 1]);
  const settings = new Settings({ FARM_TOKEN: TOKEN });
  const closed = readAccess({ insecure: true }, { host: "0.0.0.0", settings });
  assertEquals([closed.tokens?.operator, closed.notices], [TOKEN, []]);
});

Deno.test("readAccess() says that it made a token, and that others can read one", () =>
  inFolder((folder) => {
    const file = join(folder, "token");
    const read = () => readAccess({ "token-file": file }, { host: "::", settings: NONE });
    const made = read();
    assertMatch(made.notices.join(), /^A new token was made in .*token: copy/);
    assert(!made.notices.join().includes(made.tokens!.operator));
    assertEquals(read().notices, []);
    if (Deno.build.os === "windows") return;
    Deno.chmodSync(file, 0o640);
    assertMatch(read().notices.join(), /^Other users of this machine can read .*chmod 600/);
  }));

Deno.test("readAccess() takes certificate and key together, from flags or settings", () =>
  inFolder((folder) => {
    const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
    Deno.writeTextFileSync(cert, "-----BEGIN CERTIFICATE-----\n");
    Deno.writeTextFileSync(key, "-----BEGIN EC PRIVATE KEY-----\n");
    const at = { host: "127.0.0.1", settings: NONE };
    assert(readAccess({ cert, key }, at).tls?.cert.startsWith("-----BEGIN CERTIFICATE"));
    const settings = new Settings({ FARM_CERT: cert, FARM_KEY: key });
    assert(readAccess({}, { ...at, settings }).tls?.key.includes("EC PRIVATE KEY"));
    for (
      const [flags, message] of [
        [{ cert }, "go together"],
        [{ key }, "go together"],
        [{ cert: key, key: cert }, "holds no certificate"],
        [{ cert: join(folder, "none"), key }, "Cannot read"],
      ] as const
    ) assertThrows(() => readAccess(flags, at), UsageError, message);
  }));

Deno.test("urlOf() and serveOptions() speak https where there is a certificate", () => {
  const tls = { cert: "c", key: "k" };
  assertEquals(urlOf({ ...LOOPBACK_ACCESS, host: "::1", tls }, 5000), "https://[::1]:5000");
  assertEquals(urlOf(LOOPBACK_ACCESS, 5000), "http://127.0.0.1:5000");
  assertEquals(serveOptions(LOOPBACK_ACCESS), { hostname: "127.0.0.1" });
  assertEquals(serveOptions({ ...LOOPBACK_ACCESS, tls }), { hostname: "127.0.0.1", ...tls });
});
