/**
 * What `build` makes, or null when the document says something that nothing can be made of: one type must not cost the others. Told in
 * one line with the name of what it was about.
 */
export function buildOrWarn<T>(what: string, onWarning: ((message: string) => void) | undefined, build: () => T): T | null {
  try {
    return build();
  } catch (error) {
    onWarning?.(`${what} is left out, since nothing can be made of what $metadata says of it: ${firstLine(error)}`);
    return null;
  }
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replaceAll(/\s+/g, ' ').slice(0, 200);
}
