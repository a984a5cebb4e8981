import { assertEquals } from "@std/assert";
import { deniedSentence, missingPermission } from "./sandbox.ts";

const denied = (message: string) =>
  deniedSentence("worker", new Deno.errors.NotCapable(`${message}, run again with …`));

Deno.test("deniedSentence() says what was refused and how to allow it", () => {
  assertEquals(
    denied('Requires write access to "/data/results/x"'),
    'This program may not write /data/results/x: add "/data/results/x" to ' +
      "permissions.worker.read and permissions.worker.write in deno.json, or choose a place in " +
      "this folder",
  );
  assertEquals(
    denied('Requires read access to "cert.pem"'),
    'This program may not read cert.pem: add "./cert.pem" to permissions.worker.read in ' +
      "deno.json, or choose a place in this folder",
  );
  assertEquals(
    denied('Requires net access to "192.0.2.7:5001"'),
    "This program may not use the network address 192.0.2.7:5001: to allow it, add " +
      '"192.0.2.7:5001" to permissions.worker.net in deno.json',
  );
});

Deno.test("deniedSentence() has nothing to say of other errors", () => {
  assertEquals(deniedSentence("worker", new Error("Requires write access")), null);
  assertEquals(deniedSentence("worker", new Deno.errors.PermissionDenied("no")), null);
});

Deno.test({
  name: "missingPermission() names the setting whose place is closed",
  permissions: { read: ["/data"], write: ["/data/results"] },
  fn() {
    const need = { access: "write", from: "RESULTS_STORAGE_PATH" } as const;
    assertEquals(missingPermission("orchestrator", [{ ...need, path: "/data/results" }]), null);
    const read = { access: "read", from: "CONFIG_FILE", path: "/data/list.json" } as const;
    assertEquals(missingPermission("orchestrator", [read]), null);
    const sentence = missingPermission("orchestrator", [read, { ...need, path: "/data/other" }]);
    assertEquals(
      sentence?.replace(/: add .*/, ""),
      "RESULTS_STORAGE_PATH names /data/other, which this program may not write",
    );
  },
});
