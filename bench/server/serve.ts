import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Answer, answerGet, fault, type Tenant } from './answer.ts';
import { answerBatch } from './batch.ts';
import { Throttle, type Throttling } from './throttle.ts';

const compress = promisify(gzip);

/** Behaviour of the server from now on. */
export interface Behaviour {
  /** Delay of each answer, milliseconds. */
  readonly latencyMs: number;
  /** Whether to compress for clients that accept it, as Graph does. */
  readonly gzip: boolean;
  readonly throttling: Throttling;
}

/** Counters since the last change of behaviour. */
export interface ServerStats {
  readonly requests: number;
  /** Answers with 429, including items of batches. */
  readonly refused: number;
  /** Admitted requests and batch items, and their cost in resource units. */
  readonly granted: number;
  readonly units: number;
  readonly bytes: number;
  readonly cpuMs: number;
}

export interface BenchServer {
  readonly port: number;
  behave(behaviour: Behaviour): void;
  stats(): ServerStats;
  close(): Promise<void>;
}

const ROOT = '/v1.0';

/** Serves the tenant over TLS, with chunked bodies like Graph, without Content-Length. */
export async function serve(tenant: Tenant, tls: { readonly key: string; readonly cert: string }): Promise<BenchServer> {
  let behaviour: Behaviour = { latencyMs: 0, gzip: false, throttling: { kind: 'none' } };
  let throttle = new Throttle(behaviour.throttling);
  let [requests, bytes, cpu] = [0, 0, process.cpuUsage()];
  /** Cache of compressed answers by address: compression on the same machine must not slow the clients down. */
  const compressed = new Map<string, Buffer>();

  async function bodyOf(answer: Answer, url: string): Promise<Buffer> {
    const known = compressed.get(url);
    if (known !== undefined) return known;
    const body = await compress(Buffer.concat(answer.slices), { level: 6 });
    compressed.set(url, body);
    return body;
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    requests++;
    const body = request.method === 'POST' ? await readBody(request) : null;
    const headers: Record<string, string> = {};
    const { latencyMs } = behaviour;
    const started = performance.now();
    const answer = answerOf(request, body, headers);
    const zipped = behaviour.gzip && answer.status === 200 && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    const slices = zipped ? [await bodyOf(answer, `${request.url} ${body ?? ''}`)] : answer.slices;
    for (const slice of slices) bytes += slice.byteLength;
    const send = (): void => {
      response.writeHead(answer.status, {
        'content-type': answer.type,
        ...headers,
        ...(zipped ? { 'content-encoding': 'gzip', vary: 'Accept-Encoding' } : {}),
      });
      for (const slice of slices) response.write(slice);
      response.end();
    };
    const left = latencyMs - (performance.now() - started);
    if (left > 0) setTimeout(send, left);
    else send();
  }

  function answerOf(request: IncomingMessage, body: Buffer | null, headers: Record<string, string>): Answer {
    const url = request.url ?? '';
    if (!url.startsWith(`${ROOT}/`)) return fault(404, 'ResourceNotFound', 'Only v1.0 is served.');
    if (!request.headers.authorization?.startsWith('Bearer ')) return fault(401, 'InvalidAuthenticationToken', 'No token.');
    const base = `https://${request.headers.host}${ROOT}`;
    const target = url.slice(ROOT.length);
    if (body !== null) {
      return target === '/$batch' ? answerBatch(tenant, base, body, throttle) : fault(405, 'BadRequest', 'GET only.');
    }
    const refusal = throttle.check(target.split('?')[0] ?? target, headers);
    if (refusal !== null) {
      Object.assign(headers, refusal.headers);
      return { status: refusal.status, type: 'application/json', slices: [refusal.body] };
    }
    const eventual = String(request.headers['consistencylevel'] ?? '').toLowerCase() === 'eventual';
    return answerGet(tenant, base, target, eventual);
  }

  const server = createServer({ ...tls, keepAliveTimeout: 60_000 }, (request, response) => {
    handle(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    behave: (next) => {
      behaviour = next;
      throttle = new Throttle(next.throttling);
      [requests, bytes, cpu] = [0, 0, process.cpuUsage()];
    },
    stats: () => {
      const { user, system } = process.cpuUsage(cpu);
      const { refused, granted, units } = throttle;
      return { requests, refused, granted, units, bytes, cpuMs: Math.round((user + system) / 1000) };
    },
    close: () => closeServer(server),
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
}
