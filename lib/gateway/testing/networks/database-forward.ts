import { connect, createServer } from 'node:net';

export const DATABASE_PORT = 5432;

/** The database server of the tests is elsewhere: its socket stands for it at this address. */
export async function forwardDatabase(host: string, socketPath: string): Promise<void> {
  const server = createServer((near) => {
    const behind = connect(socketPath);
    for (const socket of [near, behind]) socket.on('error', () => undefined);
    near.pipe(behind).pipe(near);
  });
  await new Promise<void>((done) => server.listen(DATABASE_PORT, host, done));
}
