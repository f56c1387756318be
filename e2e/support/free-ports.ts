import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Ports below those that systems give to outgoing connections (from 32768 on Linux, from 49152 elsewhere): a process that is started again finds
 * its port free.
 */
const PORTS = { from: 15_000, to: 32_000 } as const;

/** Free ports that differ. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort(1));
  return [...ports];
}

/** A free port after which the next one is free as well: for the web server and its first worker. */
export async function freePair(): Promise<number> {
  return freePort(2);
}

/** The first of `count` free ports in a row. */
async function freePort(count: number): Promise<number> {
  for (;;) {
    const port = randomInt(PORTS.from, PORTS.to);
    const found = await Promise.all(Array.from({ length: count }, (_, index) => isFree(port + index)));
    if (found.every(Boolean)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, () => server.close(() => done(true)));
  });
}
