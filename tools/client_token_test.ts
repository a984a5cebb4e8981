import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "node:path";
import { UsageError } from "../platform/arguments.ts";
import { Settings } from "../platform/settings.ts";
import { clientToken } from "./client_token.ts";
import { FarmClient, FarmProblem } from "./farm_client.ts";

Deno.test("clientToken() takes the file, else the operator's, else the viewer's token", async () => {
  const folder = await Deno.makeTempDir();
  const file = join(folder, "token");
  await Deno.writeTextFile(file, "from the file\n");
  const both = new Settings({ FARM_TOKEN: "operator", FARM_VIEWER_TOKEN: "viewer" });
  assertEquals(clientToken(file, both), "from the file");
  assertEquals(clientToken(undefined, both), "operator");
  assertEquals(clientToken(undefined, new Settings({ FARM_VIEWER_TOKEN: "viewer" })), "viewer");
  assertEquals(clientToken(undefined, new Settings({})), null);
  // A client makes no token: it would be nobody's.
  assertThrows(() => clientToken(join(folder, "none"), both), UsageError, "Cannot read");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("FarmClient shows its token to the named address, and to no other", async () => {
  const seen: (string | null)[] = [];
  const note = (request: Request) => seen.push(request.headers.get("authorization"));
  const options = { hostname: "127.0.0.1", port: 0, onListen() {} };
  const other = Deno.serve(options, (request) => {
    note(request);
    return Response.json({});
  });
  const named = Deno.serve(options, (request) => {
    note(request);
    return Response.redirect(`http://127.0.0.1:${other.addr.port}/`, 302);
  });
  const client = new FarmClient(`http://127.0.0.1:${named.addr.port}`, "secret");
  const problem = await assertRejects(() => client.get("/stats"), FarmProblem);
  assertEquals([problem.status, seen], [302, ["Bearer secret"]]);
  await Promise.all([named.shutdown(), other.shutdown()]);
});
