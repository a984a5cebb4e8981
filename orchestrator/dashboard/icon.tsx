/**
 * The pictures of the dashboard, drawn here: a state is told by its shape and its word, never by
 * colour alone.
 *
 * @module
 */
import type { TaskStatus } from "../../contract/task.ts";
import type { WorkerHealth } from "../farm.ts";
import type { View } from "./view.ts";

/** Paths in a square of 16; drawn as lines. */
const SHAPES = {
  pending: "M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11M8 5v3.2l2.2 1.3",
  assigned: "M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11M8 7v2M7 8h2",
  running: "M5 3.2v9.6L13 8z",
  redistributed: "M3 8a5 5 0 0 1 8.8-3.3M13 2.5v3h-3M13 8a5 5 0 0 1-8.8 3.3M3 13.5v-3h3",
  completed: "M3 8.6l3.2 3.2L13 4.6",
  failed: "M4 4l8 8M12 4l-8 8",
  cancelled: "M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11M4.2 11.8l7.6-7.6",
  active: "M3 8.6l3.2 3.2L13 4.6",
  unstable: "M8 2.5L14 13H2zM8 6.5v3M8 11.2v.3",
  inactive: "M4 4l8 8M12 4l-8 8",
  draining: "M8 2.5v7M5 7l3 3l3-3M3 13h10",
  unknown: "M6 6a2 2 0 1 1 2.8 1.9c-.6.3-.8.6-.8 1.4M8 11.6v.3",
  rejected: "M8 2.5L14 13H2zM8 6.5v3M8 11.2v.3",
  swarm: "M8 1.8l5.4 3.1v6.2L8 14.2l-5.4-3.1V4.9zM8 5.4l2.3 1.3v2.6L8 10.6L5.7 9.3V6.7z",
} as const;
export type IconName = keyof typeof SHAPES;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={SHAPES[name]} />
    </svg>
  );
}

/** State of a task: shape, colour and word. */
export function TaskState({ view, status }: { view: View; status: TaskStatus }) {
  return (
    <span class={`state s-${status}`}>
      <Icon name={status} />
      {view.t(`status.${status}`)}
    </span>
  );
}

export function WorkerState({ view, status }: { view: View; status: WorkerHealth["status"] }) {
  return (
    <span class={`state w-${status}`}>
      <Icon name={status} />
      {view.t(`worker.${status}`)}
    </span>
  );
}

/** The picture in the browser's tab. */
export const TAB_ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">
<path d="${SHAPES.swarm}" fill="none" stroke="#c47a00" stroke-width="1.5" stroke-linejoin="round"/></svg>`;
