/**
 * What goes wrong in a simulated world. Each world draws a few kinds of faults and how often they
 * come, so that rare combinations meet now and then.
 *
 * @module
 */
import type { Site, World } from "./world.ts";

const DAY_MS = 24 * 3600_000;

type Fault = (world: World, site: Site) => void;

/** Calls `undo` after a while that is often short and sometimes longer than a lease. */
function forAWhile({ kernel }: World, undo: () => void): void {
  const { chance } = kernel;
  kernel.after(chance.happens(0.6) ? chance.between(50, 4000) : chance.between(4000, 25_000), undo);
}

function cut(world: World, { link, machine }: Site, ways: { out: boolean; back: boolean }): void {
  world.kernel.trace(`cut ${machine.id}: out ${ways.out}, back ${ways.back}`);
  link.isOutCut = ways.out;
  link.isBackCut = ways.back;
  forAWhile(world, () => {
    world.kernel.trace(`${machine.id} is reachable again`);
    link.isOutCut = link.isBackCut = false;
  });
}

const FAULTS: Readonly<Record<string, Fault>> = {
  kill_worker({ kernel }, site) {
    if (kernel.chance.happens(0.5)) site.capacity = kernel.chance.whole(1, 4);
    site.machine.kill("killed");
  },
  kill_workers({ sites }) {
    for (const { machine } of sites.values()) machine.kill("killed with all");
  },
  stop_worker(world, { machine }) {
    const { process } = machine;
    world.kernel.trace(`${machine.id} is stopped`);
    process?.stop();
    forAWhile(world, () => {
      world.kernel.trace(`${process?.name} goes on`);
      process?.continue();
    });
  },
  cut_both: (world, site) => cut(world, site, { out: true, back: true }),
  cut_out: (world, site) => cut(world, site, { out: true, back: false }),
  cut_back: (world, site) => cut(world, site, { out: false, back: true }),
  break_stream({ kernel }, { machine }) {
    kernel.trace(`stream of ${machine.id} breaks`);
    machine.stream?.break();
  },
  loss(world, { link }) {
    link.loss = world.kernel.chance.between(0.05, 0.6);
    forAWhile(world, () => link.loss = 0);
  },
  slow_link(world, { link }) {
    link.delayMaxMs = world.kernel.chance.oneOf([50, 400, 3000]);
    forAWhile(world, () => link.delayMaxMs = 5);
  },
  duplicates(world, { link }) {
    link.duplicates = 0.5;
    forAWhile(world, () => link.duplicates = 0);
  },
  slow_worker(world, { machine }) {
    machine.slowness = 4;
    forAWhile(world, () => machine.slowness = 1);
  },
  wedge(world, site) {
    const { machine } = site;
    world.kernel.trace(`${machine.id} is wedged`);
    world.ledger.excuses.workersWedged++;
    machine.isWedged = true;
    forAWhile(world, () => machine.isWedged = site.isWedgedForGood);
  },
  drain_worker(world, { machine }) {
    world.kernel.trace(`${machine.id} drains`);
    machine.drain(true);
    forAWhile(world, () => machine.drain(false));
  },
  retire_worker({ kernel }, { machine }) {
    const { process } = machine;
    if (process === null) return;
    kernel.trace(`${machine.id} retires`);
    process.do(() => machine.drain(true));
    process.after(kernel.chance.between(0, 4000), () => machine.returnAll());
    process.after(6000, () => machine.kill("retired"));
  },
  kill_orchestrator({ kernel, orchestrator }) {
    orchestrator.kill("killed");
    kernel.after(kernel.chance.between(10, 3000), () => orchestrator.start());
  },
  restart_orchestrator({ orchestrator }) {
    void orchestrator.restart();
  },
  stop_orchestrator(world) {
    const { process } = world.orchestrator;
    world.kernel.trace("orchestrator is stopped");
    process?.stop();
    forAWhile(world, () => process?.continue());
  },
  disk_fails(world) {
    const { disk, kernel } = world;
    disk.failing = kernel.chance.oneOf(["full", "io"]);
    disk.failingShare = kernel.chance.oneOf([0.2, 1]);
    forAWhile(world, () => disk.failing = null);
  },
  disk_is_slow(world) {
    world.disk.slowMaxMs = world.kernel.chance.oneOf([50, 500, 4000]);
    forAWhile(world, () => world.disk.slowMaxMs = 5);
  },
  clock_jumps({ kernel, orchestrator, sites }) {
    const days = kernel.chance.between(-10, 10);
    orchestrator.skewMs = days * DAY_MS;
    if (orchestrator.process !== null) orchestrator.process.skewMs = days * DAY_MS;
    for (const { machine } of sites.values()) {
      machine.skewMs = kernel.chance.between(-10, 10) * DAY_MS;
      if (machine.process !== null) machine.process.skewMs = machine.skewMs;
    }
  },
  drain_by_operator(world, { machine }) {
    world.kernel.trace(`operator drains ${machine.id}`);
    void world.orchestrator.drain(machine.id, true);
    forAWhile(world, () => void world.orchestrator.drain(machine.id, false));
  },
  unlist(world, site) {
    world.kernel.trace(`${site.machine.id} is taken off the list`);
    site.isListed = false;
    world.orchestrator.reconfigure();
    forAWhile(world, () => {
      site.isListed = true;
      world.orchestrator.reconfigure();
    });
  },
  change_capacity({ kernel, orchestrator }, site) {
    site.listedCapacity = kernel.chance.oneOf([null, 1, 2]);
    orchestrator.reconfigure();
  },
};

/** Plans the faults of a world until `untilMs`; some last to the end of the world. */
export function planFaults(world: World, untilMs: number): void {
  const { kernel } = world;
  const { chance } = kernel;
  const share = chance.oneOf([0, 0.15, 0.4]);
  const kinds = Object.keys(FAULTS).filter(() => chance.happens(share));
  const pauseMs = chance.oneOf([400, 1500, 5000]);
  if (kinds.length > 0) {
    for (let atMs = chance.between(0, pauseMs); atMs < untilMs;) {
      kernel.after(atMs, () => FAULTS[chance.oneOf(kinds)]!(world, anySite(world)));
      atMs += chance.between(0, 2 * pauseMs);
    }
  }
  for (const site of [...world.sites.values()].slice(1)) {
    const fate = chance.fraction();
    kernel.after(chance.between(0, untilMs), () => {
      if (fate < 0.1) lose(site);
      else if (fate < 0.2) wedgeForGood(world, site);
    });
  }
}

function anySite(world: World): Site {
  return world.kernel.chance.oneOf([...world.sites.values()]);
}

function lose(site: Site): void {
  site.isGone = true;
  site.machine.kill("for good");
}

function wedgeForGood({ kernel, ledger }: World, site: Site): void {
  ledger.excuses.workersWedged++;
  kernel.trace(`${site.machine.id} is wedged for good`);
  site.isWedgedForGood = true;
  site.machine.isWedged = true;
}
