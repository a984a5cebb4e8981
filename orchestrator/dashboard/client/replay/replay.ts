/**
 * Brings the particles of a task's page to life, where there are any: live while it runs, as a
 * replay once its trajectory is there.
 *
 * @module
 */
/// <reference lib="dom" />
import { readTrajectory, TrajectoryError } from "../../../../contract/trajectory.ts";
import { watchLive } from "./live_view.ts";
import { Parts } from "./parts.ts";
import { Theatre } from "./theatre.ts";

/** A trajectory comes a moment after its result: pauses before the looks for it, ms. */
const LOOK_MS = [0, 500, 1000, 2000, 4000, 8000] as const;

export async function startReplay(): Promise<void> {
  const root = document.getElementById("replay");
  if (root === null) return;
  const parts = new Parts(root);
  if (root.dataset["open"] === "true") await watchLive(parts);
  if (root.dataset["recorded"] !== "true") return parts.state("none", parts.say("none"));
  parts.state("loading", parts.say("loading"));
  try {
    const body = await fetchTrajectory(parts.task);
    if (body === null) return parts.state("none", parts.say("none"));
    const theatre = new Theatre(parts, await readTrajectory(body));
    if (parts.other !== null) await addCompanion(parts, theatre, parts.other);
  } catch (error) {
    parts.state("broken", parts.say("broken", { why: messageOf(error) }));
  }
}

/** What goes wrong with the other one must not harm the first. */
async function addCompanion(parts: Parts, theatre: Theatre, task: string): Promise<void> {
  try {
    const body = await fetchTrajectory(task);
    if (body !== null) return theatre.accompany(await readTrajectory(body));
    parts.state("ready", parts.say("other_none", { id: task }));
  } catch (error) {
    parts.state("ready", parts.say("broken", { why: messageOf(error) }));
  }
}

function messageOf(error: unknown): string {
  return error instanceof TrajectoryError ? error.message : String(error);
}

async function fetchTrajectory(
  task: string,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | null> {
  for (const pauseMs of LOOK_MS) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    const response = await fetch(`/tasks/${encodeURIComponent(task)}/trajectory`);
    if (response.ok) return response.body;
    if (response.status !== 404) throw new Error(`${response.status} ${response.statusText}`);
  }
  return null;
}
