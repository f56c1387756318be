import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A link that can be cut: a TCP relay to another port of this machine. */
export interface TcpRelay {
  readonly port: number;
  /** `silent`: bytes are dropped and no side notices, as by a broken cable. `reset`: connections end, and new ones are refused at once. */
  cut(how: 'silent' | 'reset'): void;
  mend(): void;
  /** Bytes that passed, both directions. */
  passed(): Buffer;
  close(): Promise<void>;
}

export async function startTcpRelay(to: number): Promise<TcpRelay> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const seen: Buffer[] = [];
  let state: 'open' | 'silent' | 'reset' = 'open';
  const server = createServer((near) => {
    if (state === 'reset') return void near.destroy();
    const far = connect(to, '127.0.0.1');
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const [from, into] of [pair, [far, near] as const]) {
      from.on('data', (piece: Buffer) => {
        if (state !== 'open') return;
        seen.push(piece);
        into.write(piece);
      });
      from.on('error', () => undefined);
      from.on('close', () => {
        pairs.delete(pair);
        into.destroy();
      });
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const endAll = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut(how) {
      state = how;
      if (how === 'reset') endAll();
    },
    mend() {
      // What went through a silent link before it was mended is lost: its connections are.
      if (state === 'silent') endAll();
      state = 'open';
    },
    passed: () => Buffer.concat(seen),
    async close() {
      endAll();
      await new Promise((done) => server.close(done));
    },
  };
}
