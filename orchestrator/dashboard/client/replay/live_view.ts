/**
 * What a running simulation shows: one frame after another, asked for only while the page and the
 * canvas are in somebody's sight.
 *
 * @module
 */
/// <reference lib="dom" />
import type { Preview } from "../../../../contract/preview.ts";
import { format } from "../page_data.ts";
import { Painter } from "./painter.ts";
import type { Parts } from "./parts.ts";

/** Time between two questions, ms; longer where there is nothing to see. */
const LOOK_MS = 250;
const REST_MS = 1500;

/** Shows it until the task has ended; resolves then. */
export async function watchLive(parts: Parts): Promise<void> {
  const stage = parts.get<HTMLCanvasElement>("stage");
  let inSight = true;
  const observer = new IntersectionObserver((entries) => {
    inSight = entries.at(-1)?.isIntersecting ?? true;
  });
  observer.observe(parts.root);
  let painter: Painter | null = null;
  let before: Uint16Array | null = null;
  for (;;) {
    const seen = inSight && document.visibilityState === "visible";
    const look = seen ? await lookAt(parts.task) : "nothing";
    if (look === "ended") break;
    if (look !== "nothing") {
      parts.show("stage");
      painter ??= new Painter(stage, look);
      const frame = coordinatesOf(look);
      if (before !== null && before.length === frame.length) painter.calibrate(before, frame);
      painter.draw({ from: frame, to: before, share: 0 }, { colors: true, trails: false });
      before = frame;
      const numbers = {
        step: format.number(look.step),
        total: format.number(look.steps_total),
        shown: format.number(frame.length / 2),
        particles: format.number(look.particles_total),
      };
      parts.state("live", parts.say("live", numbers));
      parts.root.dataset["step"] = String(look.step);
    } else if (seen && before === null) parts.state("waiting", parts.say("waiting"));
    await pause(look === "nothing" ? REST_MS : LOOK_MS);
  }
  observer.disconnect();
}

async function lookAt(task: string): Promise<Preview | "nothing" | "ended"> {
  try {
    const path = `/tasks/${encodeURIComponent(task)}`;
    const response = await fetch(`${path}/preview`);
    if (response.ok) return await response.json();
    if (response.status !== 409) return "nothing";
    const { status } = await (await fetch(path)).json();
    return ["completed", "failed", "cancelled"].includes(status) ? "ended" : "nothing";
  } catch {
    return "nothing";
  }
}

function coordinatesOf({ coordinates }: Preview): Uint16Array {
  const text = atob(coordinates);
  return Uint16Array.from(
    { length: text.length / 2 },
    (_, at) => text.charCodeAt(2 * at) | (text.charCodeAt(2 * at + 1) << 8),
  );
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
