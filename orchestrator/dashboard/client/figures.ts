/**
 * Puts new statistics into the figures and the bar of a page, and says them now and then to those
 * who listen instead of look.
 *
 * @module
 */
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import type { FormatName } from "../format.ts";
import { format, say, statAt, type Stats } from "./page_data.ts";

/** Shortest time between two announcements, ms. */
const ANNOUNCE_MS = 30_000;
let announcedAt = 0;

export function showStats(stats: Stats): void {
  for (const element of document.querySelectorAll<HTMLElement>("[data-stat]")) {
    const { stat = "", format: name = "number" } = element.dataset;
    const text = format.named(name as FormatName, statAt(stats, stat));
    if (element.textContent !== text) element.textContent = text;
  }
  const bar = document.querySelector<SVGElement>("[data-bar]");
  if (bar !== null) showBar(bar, stats);
  announce(stats);
}

function showBar(bar: SVGElement, stats: Stats): void {
  const parts = [...bar.querySelectorAll<SVGRectElement>("rect")];
  const counts = parts.map((part) => statAt(stats, `tasks_summary.${part.dataset["status"]}`) ?? 0);
  const total = counts.reduce((sum, count) => sum + count, 0);
  let x = 0;
  parts.forEach((part, at) => {
    const width = total === 0 ? 0 : 1000 * counts[at]! / total;
    part.setAttribute("x", x.toFixed(2));
    part.setAttribute("width", width.toFixed(2));
    x += width;
  });
}

function announce(stats: Stats): void {
  const announcer = document.getElementById("announcer");
  if (announcer === null || performance.now() - announcedAt < ANNOUNCE_MS) return;
  if (announcedAt > 0) {
    const count = (name: string) => format.number(statAt(stats, `tasks_summary.${name}`));
    announcer.textContent = say("live.announce", {
      waiting: count("pending"),
      running: count("running"),
      completed: count("completed"),
      failed: count("failed"),
    });
  }
  announcedAt = performance.now();
}
