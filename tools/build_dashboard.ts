/**
 * `deno task build:dashboard`: bundles the browser's part of the dashboard into one script and one
 * style sheet. Both are committed and embedded as text, so that nothing is built or fetched where
 * the farm runs.
 *
 * @module
 */
import uplotStyle from "uplot/dist/uPlot.min.css" with { type: "text" };
import { fileURLToPath } from "node:url";

const DASHBOARD = new URL("../orchestrator/dashboard/", import.meta.url);
const ENTRY = new URL("client/main.ts", DASHBOARD);
const STYLE = new URL("client/style.css", DASHBOARD);
export const SCRIPT_FILE = new URL("bundle/app.js", DASHBOARD);
export const STYLE_FILE = new URL("bundle/app.css", DASHBOARD);

/**
 * The script: the same sources give the same bytes. Throws with what the bundler said when it could
 * not do it, also when it is not there and cannot be downloaded.
 */
export async function bundleScript(): Promise<string> {
  const output = await Deno.makeTempFile({ suffix: ".js" });
  try {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "bundle",
        "--quiet",
        "--platform",
        "browser",
        "--minify",
        "--output",
        output,
        fileURLToPath(ENTRY),
      ],
      stdout: "null",
      stderr: "piped",
    }).output();
    const said = new TextDecoder().decode(stderr).trim();
    if (!success) throw new Error(`Cannot bundle the dashboard: ${said}`);
    return await Deno.readTextFile(output);
  } finally {
    await Deno.remove(output);
  }
}

/** The style sheet: ours, and that of the charts. */
export async function bundleStyle(): Promise<string> {
  const ours = await Deno.readTextFile(STYLE);
  const short = ours.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\s*\n\s*/g, "\n").trim();
  return `${uplotStyle.trim()}\n${short}\n`;
}

if (import.meta.main) {
  await Deno.writeTextFile(SCRIPT_FILE, await bundleScript());
  await Deno.writeTextFile(STYLE_FILE, await bundleStyle());
}
