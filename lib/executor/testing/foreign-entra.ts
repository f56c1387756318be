import { createServer as createHttpServer, request } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createEmulator } from 'emulate';
import { openTls } from '#lib/emulator/tls.ts';

/** An Entra that we did not write: the npm package `emulate`. */
export interface ForeignEntra {
  /** For sign-in and Graph alike: `https://localhost:<port>`, or `http://…` without TLS. */
  readonly origin: string;
  /** PEM file of the certificate authority of its TLS. */
  readonly caFile: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** E-mail of the person on its sign-in page. */
  readonly account: string;
  stop(): Promise<void>;
}

const CLIENT_ID = '5b7f7a3c-0d0e-4c53-9a52-6c1f2b8f0a11';
const CLIENT_SECRET = 'foreign-secret-value';
const ACCOUNT = 'kim@fabrikam.example';

/** Starts it with a registration for `redirectUri`. `tls`: behind a TLS proxy; `dir` contains its certificates. */
export async function startForeignEntra(options: {
  readonly dir: string;
  readonly redirectUri: string;
  readonly tls: boolean;
}): Promise<ForeignEntra> {
  const tls = await openTls(options.dir, new Date());
  const port = await freePort();
  const proxy = options.tls ? await startProxy({ cert: tls.certPem, key: tls.keyPem }, port) : null;
  const origin = proxy === null ? `http://localhost:${port}` : `https://localhost:${(proxy.address() as AddressInfo).port}`;
  const emulator = await createEmulator({
    service: 'microsoft',
    port,
    baseUrl: origin,
    seed: {
      microsoft: {
        users: [{ email: ACCOUNT, name: 'Kim Fabrikam' }],
        oauth_clients: [
          { client_id: CLIENT_ID, client_secret: CLIENT_SECRET, name: 'Entrada', redirect_uris: [options.redirectUri] },
        ],
      },
    },
  });
  return {
    origin,
    caFile: tls.caFile,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    account: ACCOUNT,
    stop: async () => {
      proxy?.closeAllConnections();
      await new Promise((done) => (proxy === null ? done(null) : proxy.close(done)));
      await emulator.close();
    },
  };
}

/** Ends TLS on a free port, and hands everything on to `port`. */
async function startProxy(certificate: { readonly cert: string; readonly key: string }, port: number): Promise<Server> {
  const proxy = createServer(certificate, (incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const forward = request({ port, host: 'localhost', method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forward.on('error', () => outgoing.destroy());
    incoming.pipe(forward);
  });
  await new Promise<void>((done) => proxy.listen(0, 'localhost', done));
  return proxy;
}

async function freePort(): Promise<number> {
  const server = createHttpServer();
  await new Promise<void>((done) => server.listen(0, 'localhost', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
