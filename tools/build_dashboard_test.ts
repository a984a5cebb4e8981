import { assert, assertEquals } from "@std/assert";
import { bundleScript, bundleStyle, SCRIPT_FILE, STYLE_FILE } from "./build_dashboard.ts";

/** What a visitor may have to load, compressed. */
const GZIP_BYTES_MAX = 100_000;

async function gzipped(text: string): Promise<number> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).bytes()).length;
}

/** The script, or why it cannot be bundled here: the bundler is downloaded once. */
async function bundleOrReason(): Promise<{ script: string } | { reason: string }> {
  try {
    return { script: await bundleScript() };
  } catch (error) {
    return { reason: String(error) };
  }
}

const bundled = await bundleOrReason();

Deno.test({
  name: `bundleScript() gives the committed bytes again${
    "reason" in bundled ? ` (skipped: ${bundled.reason.slice(0, 80)})` : ""
  }`,
  ignore: "reason" in bundled && /esbuild|download|registry|network/i.test(bundled.reason),
  async fn() {
    assert("script" in bundled, "reason" in bundled ? bundled.reason : "");
    const committed = await Deno.readTextFile(SCRIPT_FILE);
    assert(bundled.script === committed, "Run deno task build:dashboard");
  },
});

Deno.test("bundleStyle() gives the committed bytes again", async () => {
  assertEquals(await bundleStyle(), await Deno.readTextFile(STYLE_FILE));
});

Deno.test("the browser's part is small, and loads nothing from elsewhere", async () => {
  const script = await Deno.readTextFile(SCRIPT_FILE);
  const style = await Deno.readTextFile(STYLE_FILE);
  assert(await gzipped(script) + await gzipped(style) < GZIP_BYTES_MAX);
  assert(!/https?:\/\/(?!www\.w3\.org)/.test(style));
  assert(!/import\(["']https?:/.test(script));
  assert(!/@import|url\(/.test(style));
});
