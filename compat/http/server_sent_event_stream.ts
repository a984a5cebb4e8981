/**
 * Writes server-sent events.
 *
 * @module
 */

/** One event; fields that are missing are not sent. */
export interface ServerSentEventMessage {
  /** Ignored by browsers; keeps a connection alive. */
  comment?: string;
  event?: string;
  data?: string;
  id?: string | number;
  /** Milliseconds the browser waits before it reconnects. */
  retry?: number;
}

/** Turns events into the bytes of a `text/event-stream`. Fails with a SyntaxError if `event` or `id` contain a newline. */
export class ServerSentEventStream extends TransformStream<ServerSentEventMessage, Uint8Array> {
  constructor() {
    const encoder = new TextEncoder();
    super({
      transform(message, controller) {
        controller.enqueue(encoder.encode(textOf(message)));
      },
    });
  }
}

function textOf(message: ServerSentEventMessage): string {
  const { comment, event, data, id, retry } = message;
  const lines = [
    ...linesOf(comment).map((line) => `:${line}`),
    ...event === undefined ? [] : [`event:${singleLine("event", event)}`],
    ...linesOf(data).map((line) => `data:${line}`),
    ...id === undefined ? [] : [`id:${singleLine("id", String(id))}`],
    ...retry === undefined ? [] : [`retry:${retry}`],
  ];
  return `${lines.join("\n")}\n\n`;
}

function linesOf(text: string | undefined): string[] {
  return text?.split(/\r\n|\r|\n/) ?? [];
}

function singleLine(field: string, text: string): string {
  if (/[\r\n]/.test(text)) {
    throw new SyntaxError(`\`message.${field}\` cannot contain a newline`);
  }
  return text;
}
