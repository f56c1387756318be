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

/** JSON lines on stderr; stdout stays free for what a command prints. */
export function createLog(name: string, level: pino.LevelWithSilent = 'info'): Log {
  const paths = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);
  return pino({ name, level, redact: { paths, censor: '[redacted]' } }, pino.destination(2));
}
