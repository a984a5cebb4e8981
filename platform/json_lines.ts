/**
 * JSON lines from a byte stream: one value a line, of bounded length.
 *
 * @module
 */

/**
 * Yields the lines of a stream, parsed. Throws `RangeError` when a line is longer than `lengthMax`
 * UTF-16 code units and `SyntaxError` when one is not JSON. An unfinished last line is dropped: its
 * sender died in the middle of it.
 */
export async function* readJsonLines(
  stream: ReadableStream<Uint8Array>,
  { lengthMax }: { lengthMax: number },
): AsyncGenerator<unknown> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const text = rest + decoder.decode(chunk, { stream: true });
    let from = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
      const line = text.slice(from, end);
      from = end + 1;
      if (line.length > lengthMax) throw tooLong(line.length, lengthMax);
      if (line.trim() !== "") yield JSON.parse(line);
    }
    rest = text.slice(from);
    if (rest.length > lengthMax) throw tooLong(rest.length, lengthMax);
  }
}

function tooLong(length: number, lengthMax: number): RangeError {
  return new RangeError(`A line has ${length} characters or more, the limit is ${lengthMax}`);
}
