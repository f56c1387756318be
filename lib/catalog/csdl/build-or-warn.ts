/**
 * The result of `build`, or null when it throws: one wrong type in a document must not prevent the others. `onWarning` gets one line with
 * `what` and the message of the error.
 */
export function buildOrWarn<T>(what: string, onWarning: ((message: string) => void) | undefined, build: () => T): T | null {
  try {
    return build();
  } catch (error) {
    onWarning?.(`${what} was left out, because its definition in $metadata cannot be used: ${firstLine(error)}`);
    return null;
  }
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replaceAll(/\s+/g, ' ').slice(0, 200);
}
