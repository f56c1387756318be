import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip, gzipSync } from 'node:zlib';
import type { EmulatorHandler, EmulatorRequest, EmulatorResponse } from './contract.ts';

/** A listener on one port, on both loopback families when the host is `localhost`. */
export interface Listener {
  readonly port: number;
  /** Stops accepting, closes idle connections, and after a moment also busy ones. */
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** PEM; absent: plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly handle: EmulatorHandler;
  /** Called with every error of a handler. */
  readonly onError: (error: unknown) => void;
}

/** Graph refuses request bodies above 4 MB; a `$batch` stays far below. */
const MAX_BODY_BYTES = 4 * 2 ** 20;
/** Smaller bodies are not compressed: gzip would not make them smaller. */
const MIN_GZIP_BYTES = 1024;
/** Longer than clients keep idle connections, so that they close them first and never get a reset. */
const KEEP_ALIVE_MS = 65_000;
const PORT_ATTEMPTS = 5;

/**
 * Opens a listener.
 * @throws the system's error (`EADDRINUSE`, `EACCES`) when the port is unavailable.
 */
export async function listen(options: ListenOptions): Promise<Listener> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await listenOnce(options);
    } catch (error) {
      // With port 0 the port of the first loopback family may be in use in the second one: chooses another.
      if (options.port !== 0 || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

async function listenOnce(options: ListenOptions): Promise<Listener> {
  const hosts = options.host === 'localhost' ? ['127.0.0.1', '::1'] : [options.host];
  const servers: Server[] = [];
  let port = options.port;
  try {
    for (const host of hosts) {
      const server = createListener(options);
      try {
        server.listen({ host, port });
        await once(server, 'listening');
      } catch (error) {
        if (host === '::1' && isMissingFamily(error)) continue;
        throw error;
      }
      servers.push(server);
      port = (server.address() as AddressInfo).port;
    }
  } catch (error) {
    await Promise.all(servers.map(closeServer));
    throw error;
  }
  return {
    port,
    close: async () => {
      await Promise.all(servers.map(closeServer));
    },
  };
}

function isMissingFamily(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT';
}

function createListener(options: ListenOptions): Server {
  const scheme = options.tls === undefined ? 'http' : 'https';
  const onRequest = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    answer(incoming, outgoing, scheme, options.handle).catch((error: unknown) => {
      // A client may disconnect in the middle of a page.
      if (!outgoing.destroyed && !incoming.destroyed) options.onError(error);
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(500, { 'content-type': 'text/plain', connection: 'close' }).end('The emulator failed.');
    });
  };
  const server: Server =
    options.tls === undefined ? createHttpServer(onRequest) : createHttpsServer({ ...options.tls }, onRequest);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = KEEP_ALIVE_MS + 1000;
  return server;
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), 500);
  await closed;
  clearTimeout(cut);
}

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  scheme: 'http' | 'https',
  handle: EmulatorHandler,
): Promise<void> {
  const body = await readBody(incoming);
  if (body === null) {
    outgoing.writeHead(413, { connection: 'close' }).end();
    return;
  }
  const request = toRequest(incoming, scheme, body);
  if (request === null) {
    outgoing.writeHead(400, { connection: 'close' }).end();
    return;
  }
  const response = (await handle(request)) ?? NOT_FOUND;
  await send(outgoing, request, response);
}

const NOT_FOUND: EmulatorResponse = { status: 404, headers: { 'content-type': 'text/plain' }, body: 'Not found.' };

async function readBody(incoming: IncomingMessage): Promise<Uint8Array | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function toRequest(incoming: IncomingMessage, scheme: string, body: Uint8Array): EmulatorRequest | null {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const origin = `${scheme}://${incoming.headers.host ?? 'localhost'}`;
  const path = incoming.url ?? '/';
  // Concatenated, not resolved: a path that starts with // must not change the host.
  const url = URL.parse(path.startsWith('/') ? origin + path : path);
  return url === null ? null : { method: incoming.method ?? 'GET', url, headers, body };
}

async function send(outgoing: ServerResponse, request: EmulatorRequest, response: EmulatorResponse): Promise<void> {
  const headers: Record<string, string> = { ...response.headers };
  const bodyless = request.method === 'HEAD' || response.status === 204 || response.status === 304;
  if (response.body === null || bodyless) {
    outgoing.writeHead(response.status, headers).end();
    return;
  }
  const gzip = acceptsGzip(request.headers['accept-encoding']) && headers['content-encoding'] === undefined;
  if (typeof response.body === 'string' || response.body instanceof Uint8Array) {
    const plain = typeof response.body === 'string' ? Buffer.from(response.body) : response.body;
    const compress = gzip && plain.byteLength >= MIN_GZIP_BYTES;
    const bytes = compress ? gzipSync(plain, { level: constants.Z_BEST_SPEED }) : plain;
    if (compress) Object.assign(headers, { 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
    outgoing.writeHead(response.status, { ...headers, 'content-length': String(bytes.byteLength) }).end(bytes);
    return;
  }
  if (gzip) Object.assign(headers, { 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
  outgoing.writeHead(response.status, headers);
  const source = Readable.from(response.body, { objectMode: false });
  if (gzip) await pipeline(source, createGzip({ level: constants.Z_BEST_SPEED }), outgoing);
  else await pipeline(source, outgoing);
}

function acceptsGzip(header: string | undefined): boolean {
  return (header ?? '').split(',').some((part) => {
    const [name = '', ...parameters] = part
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/);
    return name === 'gzip' && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}
