import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** Who opened a connection to a server of this process, and at which port. */
export interface Caller {
  readonly port: number;
  readonly address: string;
}

/** Records every connection to the servers of this process from now on: each caller once. */
export function recordCallers(): () => readonly Caller[] {
  const callers = new Map<string, Caller>();
  // Published by net.Server for each connection it accepts, those of TLS included (Node.js documentation, diagnostics_channel).
  subscribe('net.server.socket', (message) => {
    const { localPort: port = 0, remoteAddress: address } = (message as { readonly socket: Socket }).socket;
    if (address !== undefined) callers.set(`${address} ${port}`, { port, address });
  });
  return () => [...callers.values()];
}
