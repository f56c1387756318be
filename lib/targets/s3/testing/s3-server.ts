import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { TargetAccess } from '#lib/domain/target/target.ts';

interface S3rver {
  run(): Promise<AddressInfo>;
  close(): Promise<void>;
}

// The package has no types.
const S3rver = createRequire(import.meta.url)('@20minutes/s3rver') as new (options: object) => S3rver;

/** Handles a request before the server gets it; returns true when it has answered. */
export type Interference = (incoming: IncomingMessage, answer: ServerResponse) => boolean | Promise<boolean>;

export interface S3Server {
  readonly port: number;
  /** A target in its own bucket. */
  target(settings?: Readonly<Record<string, unknown>>, secrets?: Readonly<Record<string, unknown>>): TargetAccess;
  /** Intercepts all requests from now on; null: none. */
  interfere(interference: Interference | null): void;
}

/**
 * An S3 server over HTTP (s3rver), which checks the signatures of requests for objects, behind a proxy that tests can control. s3rver ignores
 * conditions of
 * a PUT; with `conditional` the proxy implements `If-None-Match: *` as in the Amazon S3 API Reference.
 * @param buckets number of buckets; each target uses the next one
 */
export async function startS3Server({ conditional = false, buckets = 64 } = {}): Promise<S3Server & { stop(): Promise<void> }> {
  const names = Array.from({ length: buckets }, (_, index) => `lake-${index}`);
  const directory = mkdtempSync(join(tmpdir(), 'entrada-s3-'));
  const inner = new S3rver({
    ...{ address: '127.0.0.1', port: 0, silent: true, directory },
    configureBuckets: names.map((name) => ({ name, configs: [] })),
  });
  const innerPort = (await inner.run()).port;
  let interference: Interference | null = null;
  const taken = new Set<string>();
  const enqueue = createQueues();
  const front = createServer((incoming, answer) => {
    void (async () => {
      if (interference !== null && (await interference(incoming, answer))) return;
      if (conditional && isTaken(incoming, taken)) answer.writeHead(412).end(PRECONDITION_FAILED);
      else enqueue(incoming.url?.split('?')[0] ?? '', () => forward(incoming, answer, innerPort));
    })();
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  let next = 0;
  const { port } = front.address() as AddressInfo;
  return {
    port,
    target: (settings = {}, secrets = {}) => ({
      kind: 's3',
      settings: {
        ...{
          endpoint: `http://127.0.0.1:${port}`,
          bucket: names[next++ % names.length],
          addressing: 'path',
          accessKeyId: 'S3RVER',
        },
        ...settings,
      },
      secrets: { secretAccessKey: 'S3RVER', ...secrets },
      builtIn: false,
    }),
    interfere: (wanted) => {
      interference = wanted;
    },
    stop: async () => {
      await stopServer(front);
      await inner.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

const PRECONDITION_FAILED = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>PreconditionFailed</Code><RequestId>${randomUUID()}</RequestId></Error>`;

/** A name is taken from the first conditional PUT until its deletion; other requests are forwarded. */
function isTaken({ method, url = '', headers }: IncomingMessage, taken: Set<string>): boolean {
  const path = url.split('?')[0] ?? '';
  if (method === 'DELETE') taken.delete(path);
  if (method !== 'PUT' || headers['if-none-match'] !== '*') return false;
  if (taken.has(path)) return true;
  taken.add(path);
  return false;
}

/** Resolves after the request was answered. */
function forward(incoming: IncomingMessage, answer: ServerResponse, port: number): Promise<void> {
  const { method, url = '', headers: sent } = incoming;
  // s3rver computes the signature for /bucket where the SDK signs /bucket/: such requests are sent unsigned, those for objects are checked.
  const { authorization, ...unsigned } = sent;
  const headers = /^\/[^/?]+\/?(\?|$)/.test(url) ? unsigned : sent;
  const outgoing = request({ host: '127.0.0.1', port, method, path: url, headers }, (inner) => {
    answer.writeHead(inner.statusCode ?? 502, inner.headers);
    inner.pipe(answer);
  });
  outgoing.on('error', () => answer.destroy());
  incoming.on('error', () => outgoing.destroy());
  incoming.pipe(outgoing);
  return new Promise((resolve) => answer.on('close', () => resolve()));
}

/** Serialises the requests for an object: s3rver writes in place, where S3 shows the old object or the new one. */
function createQueues() {
  const tails = new Map<string, Promise<void>>();
  return (path: string, work: () => Promise<void>): void => {
    tails.set(path, (tails.get(path) ?? Promise.resolve()).then(work, work));
  };
}

function stopServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** Starts a server for a single test. */
export async function s3ServerOfTest(options: { conditional?: boolean } = {}): Promise<S3Server> {
  const server = await startS3Server({ ...options, buckets: 2 });
  onTestFinished(() => server.stop());
  return server;
}
