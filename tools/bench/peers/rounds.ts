/**
 * The interleaved rounds: every system once a round, one after the other, the disk probed before
 * each, so that whatever the machine does meanwhile meets all of them.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { err } from "../../../platform/terminal.ts";
import { startServer } from "./child.ts";
import { Missing } from "./packages.ts";
import type { Plan } from "./plan.ts";
import { fdatasyncPerSecond } from "./probe.ts";
import type { Sample, SystemSamples } from "./summary.ts";
import { type Host, type Ready, type System, SYSTEMS } from "./systems.ts";

/** Runs the plan. A peer that is missing or fails is told of, and the others go on. */
export async function measureAll(host: Host, plan: Plan): Promise<SystemSamples[]> {
  const systems = await prepareAll(host);
  if (plan.loaded) await startBurner(host);
  for (let round = 0; round < plan.rounds; round++) {
    for (const { system, ready, samples } of systems) {
      if (ready === null) continue;
      const sample = await measure(host, { plan, ready });
      samples.push(sample);
      err(`Round ${round + 1} of ${plan.rounds}, ${system.name}: ${told(sample)}`);
    }
  }
  return systems.map(({ system, ready, skipped, samples }) => ({
    name: system.name,
    setup: system.setup,
    durability: system.durability,
    version: ready?.version ?? null,
    skipped,
    samples,
  }));
}

interface Prepared {
  readonly system: System;
  readonly ready: Ready | null;
  readonly skipped: string | null;
  readonly samples: Sample[];
}

async function prepareAll(host: Host): Promise<Prepared[]> {
  const systems: Prepared[] = [];
  for (const system of SYSTEMS) {
    try {
      systems.push({ system, ready: await system.prepare(host), skipped: null, samples: [] });
    } catch (error) {
      if (host.running.ending) throw error;
      const skipped = error instanceof Missing ? error.message : `Cannot be prepared: ${error}`;
      err(`${system.name} is skipped. ${skipped}`);
      systems.push({ system, ready: null, skipped, samples: [] });
    }
  }
  return systems;
}

async function measure(
  { running, dataFolder }: Host,
  { plan, ready }: { plan: Plan; ready: Ready },
): Promise<Sample> {
  const fdatasync_per_s = fdatasyncPerSecond(dataFolder);
  try {
    const { seconds, lost, doubled } = await ready.round(plan);
    return { fdatasync_per_s, jobs_per_s: plan.jobs / seconds, lost, doubled, failure: null };
  } catch (error) {
    if (running.ending) throw error;
    return { fdatasync_per_s, jobs_per_s: null, lost: 0, doubled: 0, failure: String(error) };
  }
}

function told({ jobs_per_s, fdatasync_per_s, lost, doubled, failure }: Sample): string {
  if (jobs_per_s === null) return `failed: ${failure}`;
  const wrong = lost + doubled === 0 ? "" : `, ${lost} LOST, ${doubled} DOUBLED`;
  return `${Math.round(jobs_per_s)} jobs/s (fdatasync ${fdatasync_per_s}/s)${wrong}`;
}

async function startBurner({ running }: Host): Promise<void> {
  const script = fileURLToPath(new URL("burner.ts", import.meta.url));
  await startServer(
    running,
    { command: Deno.execPath(), args: ["run", "-A", script], stopSignal: "SIGKILL" },
    /Computing/,
  );
}
