import { assertEquals } from "@std/assert";
import { fileSystemOf, networkWarning } from "./network_folder.ts";

const MOUNTS = `22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /home rw shared:2 - nfs4 server:/home rw,vers=4.2
31 30 8:2 / /home/local rw - xfs /dev/sdb1 rw
32 22 0:41 / /mnt/my\\040share rw - cifs //nas/share rw
33 22 0:42 / /home/local rw - fuse.sshfs somebody@host: rw
`;

Deno.test("fileSystemOf() finds the innermost mount, and the latest of the same place", () => {
  const found = (path: string) => fileSystemOf(path, MOUNTS);
  assertEquals(found("/var/farm"), "ext4");
  assertEquals(found("/home/ana/farm"), "nfs4");
  assertEquals(found("/homes/ana"), "ext4");
  assertEquals(found("/home/local/farm"), "fuse.sshfs");
  assertEquals(found("/mnt/my share/farm"), "cifs");
  assertEquals(found("/"), "ext4");
  assertEquals(fileSystemOf("/x", ""), null);
});

Deno.test("networkWarning() says nothing of a local folder", async () => {
  const folder = await Deno.makeTempDir();
  assertEquals(networkWarning(folder), null);
  await Deno.remove(folder);
});
