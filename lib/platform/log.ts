import pino from 'pino';

export type Log = pino.Logger;

/** Field names whose values never reach a log line, at any depth of two. */
const SECRET_FIELDS = [
  'clientSecret',
  'client_secret',
  'password',
  'accessToken',
  'refreshToken',
  'token',
  'code',
  'codeVerifier',
  'authorization',
  'cookie',
];

/**
 * What a log line has of an error. Further properties are left out: errors of `pg` carry their client, with the key that cancels its queries.
 * `code` is the system's or the database's (SQLSTATE); its own name, since a field `code` is redacted as that of a sign-in.
 */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  // With the messages and stacks of the causes in one text.
  const { type, message, stack } = pino.stdSerializers.err(error);
  const { code } = error as { readonly code?: unknown };
  return { type, message, stack, ...(typeof code === 'string' ? { errorCode: code } : {}) };
}

/** JSON lines on stderr; stdout stays free for what a command prints. */
export function createLog(
  name: string,
  level: pino.LevelWithSilent = 'info',
  to: pino.DestinationStream = pino.destination(2),
): Log {
  const paths = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);
  const redact = { paths, censor: '[redacted]' };
  return pino({ name, level, redact, serializers: { err: describeError } }, to);
}
