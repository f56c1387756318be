/** Longest line that is read, characters: a command with the definition of a dataset and its columns. */
const LINE_MAX = 16 * 2 ** 20;

/** The lines of a text that comes in pieces, without the empty ones. What comes behind the last line break is no line. */
export async function* readLines(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LINE_MAX) throw new RangeError('a line of the stream is too long');
    for (const line of lines) if (line !== '') yield line;
  }
}
