import { createServer } from 'node:net';
import { CliError } from '../cli-error.ts';

/** A port that must be free, and the environment variable for another one. */
export interface NeededPort {
  readonly port: number;
  readonly purpose: string;
  readonly variable: string;
}

/** Checks ports before slow parts start. @throws CliError that names every port in use and its variable. */
export async function requireFreePorts(needed: readonly NeededPort[]): Promise<void> {
  const taken: NeededPort[] = [];
  for (const candidate of needed) if (!(await isFree(candidate.port))) taken.push(candidate);
  if (taken.length === 0) return;
  const lines = taken.map(
    ({ port, purpose, variable }) =>
      `Port ${port} (${purpose}) is in use. Stop the program that uses it, or set ${variable} to another port.`,
  );
  throw new CliError(lines.join('\n'));
}

async function isFree(port: number): Promise<boolean> {
  for (const host of ['127.0.0.1', '::1', undefined]) if (!(await canListen(port, host))) return false;
  return true;
}

function canListen(port: number, host: string | undefined): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    // Without IPv6 the address cannot be used, which does not mean that the port is in use.
    server.once('error', (error: NodeJS.ErrnoException) => done(error.code !== 'EADDRINUSE' && error.code !== 'EACCES'));
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => server.close(() => done(true)));
  });
}
