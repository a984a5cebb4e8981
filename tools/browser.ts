/**
 * A real browser without a window, for the tests of the dashboard and for its pictures.
 *
 * @module
 */
import { type Browser, chromium } from "playwright-core";

/** Where systems keep it; CHROMIUM_PATH names another one. */
const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The browser of this machine; null when there is none. */
export function browserPath(): string | null {
  const named = Deno.env.get("CHROMIUM_PATH");
  const found = [...named ? [named] : [], ...PATHS].find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
  return found ?? null;
}

/** Starts it; the caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = browserPath();
  if (executablePath === null) {
    throw new Error(`No Chromium is here: install it, or name it in CHROMIUM_PATH`);
  }
  return await chromium.launch({ executablePath, args: ARGS, headless: true });
}
