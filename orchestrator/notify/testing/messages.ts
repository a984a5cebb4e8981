/**
 * Messages for tests.
 *
 * @module
 */
import type { FarmEvent } from "../farm_event.ts";
import type { Message } from "../message.ts";

export function failedTask(id: string, message = "It broke"): FarmEvent {
  const where = { batch: "b", worker: "w-1", attempts: 4, code: "broken" };
  return { kind: "task_failed", at: 0, task_id: id, message, ...where };
}

export function message(id: string, more: Partial<Message> = {}): Message {
  return { id, at: 0, title: `Title ${id}`, lines: ["A line"], events: [], bad: false, ...more };
}
