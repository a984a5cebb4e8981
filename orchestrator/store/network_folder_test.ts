import { assertEquals } from "@std/assert";
import { networkName, networkWarning } from "./network_folder.ts";

Deno.test("networkName() knows file systems of other machines, whatever the sign of the number", () => {
  assertEquals(networkName(0x6969), "NFS");
  assertEquals(networkName(0xff534d42), "CIFS");
  assertEquals(networkName(0xff534d42 | 0), "CIFS");
  assertEquals(networkName(0xef53), null);
});

Deno.test("networkWarning() says nothing of a local folder", async () => {
  const folder = await Deno.makeTempDir();
  assertEquals(networkWarning(folder), null);
  await Deno.remove(folder);
});
