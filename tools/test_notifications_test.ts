import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { withMailSink, withWebhookSink } from "../orchestrator/notify/testing/sinks.ts";
import { inFolder, runTool } from "./testing/run_tool.ts";

Deno.test("notify:test sends to every channel, and says which did not take it", () =>
  withMailSink(
    { user: "ana", password: "right" },
    (port, mails) =>
      withWebhookSink([() => new Response("ok")], (host, received) =>
        inFolder(async (folder) => {
          const email = (password: string) => `smtp://ana:${password}@127.0.0.1:${port}/?to=a@b.c`;
          const run = async (...urls: string[]) => {
            await Deno.writeTextFile(join(folder, ".env"), `NOTIFY_URLS="${urls.join(" ")}"\n`);
            return await runTool("test_notifications", [], folder);
          };
          const good = await run(email("right"), `slack+http://${host}/s3cret`);
          assertEquals([good.code, mails.length, received.length], [0, 1, 1]);
          const mixed = await run(email("s3cret"), `slack+http://${host}/s3cret`);
          assertEquals(mixed.code, 3);
          assertStringIncludes(mixed.stdout, `failed  email (127.0.0.1:${port}): It answered 535`);
          assertStringIncludes(mixed.stdout, `sent    slack (${host})`);
          assertEquals((await run(email("s3cret"))).code, 1);
          assert(!(mixed.stdout + mixed.stderr).includes("s3cret"));
        })),
  ));

Deno.test("notify:test asks for a channel where there is none", () =>
  inFolder(async (folder) => {
    const { code, stderr } = await runTool("test_notifications", [], folder);
    assertEquals(code, 2);
    assertStringIncludes(stderr, "NOTIFY_URLS is empty");
  }));
