/**
 * People who look at Overview while something is measured: in real browsers, which need processor
 * time of their own, or as the requests alone that such a page makes.
 *
 * @module
 */
import type { Browser } from "playwright-core";

/** Until tabs that were just opened have done everything that a start brings, ms. */
const SETTLE_MS = 5000;

export interface Audience {
  leave(): Promise<void>;
}

export function nobody(): Promise<Audience> {
  return Promise.resolve({ leave: () => Promise.resolve() });
}

/** Tabs of one browser, all of them in sight as far as the pages know. */
export async function browsers(browser: Browser, url: string, count: number): Promise<Audience> {
  // A context each: a browser opens no more than six connections of one context to one server.
  const contexts = await Promise.all(Array.from({ length: count }, () => browser.newContext()));
  await Promise.all(contexts.map(async (context) => {
    const page = await context.newPage();
    await page.goto(`${url}/ui`);
    await page.locator("#live[data-state=connected]").waitFor();
  }));
  // To open ten tabs costs more than to have them open for a minute.
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  return {
    async leave() {
      await Promise.all(contexts.map((context) => context.close()));
    },
  };
}

/** How often the page asks for itself and for its charts while something changes, ms. */
const PAGE_MS = 5000;
const CHARTS_MS = 10_000;

/** The stream of events and the requests of so many pages. */
export async function streams(url: string, count: number): Promise<Audience> {
  const leaving = new AbortController();
  const { signal } = leaving;
  const path = "/events?topics=stats,workers,batches";
  const answers = await Promise.all(
    Array.from({ length: count }, () => fetch(url + path, { signal })),
  );
  const ended = answers.map(({ body }) =>
    body!.pipeTo(new WritableStream(), { signal }).catch(() => {})
  );
  const again = (path: string, everyMs: number) =>
    setInterval(() => {
      fetch(url + path, { signal, headers: { accept: "text/html" } })
        .then((response) => response.text()).catch(() => {});
    }, everyMs);
  const timers = Array.from({ length: count }, () => [
    again("/ui", PAGE_MS),
    again("/stats/history?window=hour", CHARTS_MS),
  ]).flat();
  return {
    async leave() {
      timers.forEach((timer) => clearInterval(timer));
      leaving.abort();
      await Promise.all(ended);
    },
  };
}
