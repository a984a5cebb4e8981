/**
 * JSON lines from a byte stream: one value a line, of bounded length.
 *
 * @module
 */

/**
 * Yields the lines of a stream, parsed. Throws `RangeError` when a line is longer than `lengthMax`
 * UTF-16 code units and `SyntaxError` when one is not JSON. An unfinished last line is dropped: its
 * sender died in the middle of it. `onBytes` is told of every piece that arrives: on a slow line a
 * sender is at work long before its line has ended.
 */
export async function* readJsonLines(
  stream: ReadableStream<Uint8Array>,
  { lengthMax, onBytes }: { lengthMax: number; onBytes?: () => void },
): AsyncGenerator<unknown> {
  const decoder = new TextDecoder();
  // The unfinished line in pieces: joined once, or a long line of small chunks would cost its square.
  let rest: string[] = [];
  let restLength = 0;
  for await (const chunk of stream) {
    onBytes?.();
    const text = decoder.decode(chunk, { stream: true });
    let from = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
      const line = rest.join("") + text.slice(from, end);
      from = end + 1;
      rest = [];
      restLength = 0;
      if (line.length > lengthMax) throw tooLong(line.length, lengthMax);
      if (line.trim() !== "") yield JSON.parse(line);
    }
    rest.push(text.slice(from));
    restLength += text.length - from;
    if (restLength > lengthMax) throw tooLong(restLength, lengthMax);
  }
}

function tooLong(length: number, lengthMax: number): RangeError {
  return new RangeError(`A line has ${length} characters or more, the limit is ${lengthMax}`);
}
