/** A rule is invalid; the message is a sentence for people. */
export class RuleError extends Error {
  override readonly name = 'RuleError';
}

/** A RuleError with the message of a library. */
export function unreadable(what: string, cause: unknown): RuleError {
  const said = cause instanceof Error ? cause.message.replace(/\.$/, '') : 'it cannot be read';
  return new RuleError(`${what} is not valid: ${said}.`, { cause });
}
