/** Maximum length of a line, characters: a command with the definition of a dataset and its columns. */
const LINE_MAX = 16 * 2 ** 20;

/** The non-empty lines of a stream. Text after the last line break is dropped as incomplete. */
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
