/**
 * A browser looking at a real farm, which notices whatever a page does wrong: errors of scripts,
 * breaches of its policy, barriers for people who cannot see or use a mouse. For tests only.
 *
 * @module
 */
/// <reference lib="dom" />
import axe from "axe-core";
import { assertEquals } from "@std/assert";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { browserPath, launchBrowser } from "../../tools/browser.ts";
import { FarmUnderTest } from "./farm.ts";

export const PAGES = ["", "/tasks", "/batches", "/workers", "/errors", "/submit"] as const;

export class Visitor {
  readonly page: Page;
  /** What went wrong in the page, as the browser told it. */
  readonly faults: string[] = [];

  private constructor(page: Page) {
    this.page = page;
  }

  static async arrive(browser: Browser, options: BrowserContextOptions = {}): Promise<Visitor> {
    const page = await browser.newPage({ locale: "en-US", ...options });
    const visitor = new Visitor(page);
    page.on("pageerror", (error) => visitor.faults.push(`error: ${error.message}`));
    page.on("dialog", (dialog) => {
      visitor.faults.push(`dialog: ${dialog.message()}`);
      dialog.dismiss();
    });
    page.on("console", (message) => {
      // A server that is away is no fault of the page.
      if (message.type() === "error" && !/net::ERR|Failed to load/.test(message.text())) {
        visitor.faults.push(`console: ${message.text()}`);
      }
    });
    return visitor;
  }

  /** Barriers that axe calls serious or worse, in one line each. */
  async barriers(): Promise<string[]> {
    // By way of the debugger: the page's policy lets no script of ours in.
    await this.page.evaluate(axe.source);
    const { violations } = await this.page.evaluate(() =>
      (globalThis as unknown as { axe: typeof axe }).axe.run(document)
    );
    return violations.filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html).join(" | ")}`);
  }

  /** Waits until something is in the page's text. */
  async sees(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor({ timeout: 30_000 });
  }

  async leave(): Promise<void> {
    await this.page.context().close();
    assertEquals(this.faults, []);
  }
}

/** A test with a farm and a browser; without a Chromium it is skipped, and its name says so. */
export function browserTest(
  name: string,
  options: Parameters<typeof FarmUnderTest.start>[0],
  body: (farm: FarmUnderTest, browser: Browser) => Promise<void>,
): void {
  const missing = browserPath() === null;
  Deno.test({
    name: missing ? `${name} (skipped: no Chromium here)` : name,
    ignore: missing,
    // The browser's pipes live on a little after it was closed.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn() {
      const farm = await FarmUnderTest.start(options);
      const browser = await launchBrowser();
      try {
        await body(farm, browser);
      } finally {
        await browser.close();
        await farm.close();
      }
    },
  });
}
