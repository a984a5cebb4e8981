/**
 * The browser's part of the dashboard: keeps a page fresh that is complete without it.
 *
 * @module
 */
/// <reference lib="dom" />
import { Charts } from "./charts.ts";
import { showStats } from "./figures.ts";
import { listenToKeys } from "./keys.ts";
import { Live } from "./live.ts";
import type { Stats } from "./page_data.ts";
import { Regions } from "./regions.ts";
import { startReplay } from "./replay/replay.ts";
import { startSubmit } from "./submit.tsx";

const charts = new Charts();
let latest: Stats | null = null;

const regions = new Regions(() => {
  if (latest !== null) showStats(latest);
});

const live = new Live(document.body.dataset["topics"] ?? "", {
  event(topic, data) {
    if (topic === "stats") {
      latest = data as Stats;
      showStats(latest);
      charts.showStats(latest);
    }
    regions.touch(topic, data);
  },
  stale() {
    regions.refresh();
    charts.load();
  },
});

listenToKeys({
  refresh() {
    regions.refresh();
    charts.load();
  },
});
charts.start();
startSubmit();
startReplay();
live.start();
