/**
 * Reads server-sent events.
 *
 * @module
 */

/** One event; only the fields that were sent are there. */
export interface ServerSentEventParsedMessage {
  comment?: string;
  event?: string;
  data?: string;
  id?: string;
  /** Milliseconds. */
  retry?: number;
}

/** What to leave out. */
export interface ServerSentEventParseStreamOptions {
  /** @default {false} */
  ignoreComments?: boolean;
}

/** Turns the bytes of a `text/event-stream` into events; lines it does not know are skipped. */
export class ServerSentEventParseStream
  extends TransformStream<Uint8Array, ServerSentEventParsedMessage> {
  constructor({ ignoreComments = false }: ServerSentEventParseStreamOptions = {}) {
    const decoder = new TextDecoder();
    let pending = "";
    let message: ServerSentEventParsedMessage = {};

    function takeLines(text: string, isLast: boolean): ServerSentEventParsedMessage[] {
      // A chunk that ends in \r may be continued by \n: that pair is one line end, not two.
      const complete = !isLast && text.endsWith("\r") ? text.slice(0, -1) : text;
      const held = text.slice(complete.length);
      const lines = complete.split(/\r\n|\r|\n/);
      pending = (lines.pop() ?? "") + held;
      const messages: ServerSentEventParsedMessage[] = [];
      for (const line of lines) {
        if (line !== "") readLine(message, line, ignoreComments);
        else if (Object.keys(message).length > 0) {
          messages.push(message);
          message = {};
        }
      }
      return messages;
    }

    super({
      transform(chunk, controller) {
        const text = pending + decoder.decode(chunk, { stream: true });
        for (const parsed of takeLines(text, false)) controller.enqueue(parsed);
      },
      flush(controller) {
        // The blank lines close an event that the end of the stream has cut short.
        const text = `${pending}${decoder.decode()}\n\n`;
        for (const parsed of takeLines(text, true)) controller.enqueue(parsed);
      },
    });
  }
}

function readLine(
  message: ServerSentEventParsedMessage,
  line: string,
  ignoreComments: boolean,
): void {
  const colon = line.indexOf(":");
  const field = colon === -1 ? line : line.slice(0, colon);
  const raw = colon === -1 ? "" : line.slice(colon + 1);
  const value = raw.startsWith(" ") ? raw.slice(1) : raw;
  switch (field) {
    case "":
      if (!ignoreComments) message.comment = appended(message.comment, value);
      break;
    case "data":
      message.data = appended(message.data, value);
      break;
    case "event":
      message.event = value;
      break;
    case "id":
      if (!value.includes("\0")) message.id = value;
      break;
    case "retry":
      if (/^\d+$/.test(value)) message.retry = Number(value);
  }
}

function appended(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before}\n${value}`;
}
