import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { gunzipSync } from 'node:zlib';
import { USERS_QUERY } from '../dataset.ts';
import { type Contender, type ContenderOptions, TOKEN } from './contender.ts';

/** Number of concurrent requests, and of pages that wait for a thread. */
const AT_ONCE = 4;
const THREADS = 2;

interface Body {
  readonly bytes: Buffer;
  readonly compressed: boolean;
}

let links: readonly string[] = [];

/** Collects the addresses of all pages before the time starts, so that the limit does not include waiting for links. */
async function prepare(options: ContenderOptions): Promise<void> {
  const agent = agentOf(options);
  const found: string[] = [];
  for (let url: string | undefined = `${options.baseUrl}${USERS_QUERY}`; url !== undefined; ) {
    found.push(url);
    const page = parse(await get(url, agent, true)) as { '@odata.nextLink'?: string };
    url = page['@odata.nextLink'];
  }
  links = found;
  agent.destroy();
}

/** Reads and discards the bytes of every page. Does not count rows: after all pages the number is that of the tenant. */
export const drain: Contender = {
  prepare,
  async run(options) {
    await readAll(options, false, async () => undefined);
    return options.rows;
  },
};

/** Parses every page with `JSON.parse` on two threads: the upper limit of reading rows as objects. */
export const drainParse: Contender = {
  prepare,
  async run(options) {
    const threads = Array.from({ length: THREADS }, () => new Worker(new URL(import.meta.url)));
    let [rows, next] = [0, 0];
    await readAll(options, true, async ({ bytes, compressed }) => {
      const thread = threads[next++ % THREADS];
      if (thread === undefined) return;
      const parsed = await ask(thread, bytes, compressed);
      rows += parsed;
    });
    await Promise.all(threads.map((thread) => thread.terminate()));
    return rows;
  },
};

if (!isMainThread) {
  parentPort?.on('message', ({ id, bytes, compressed }: { id: number; bytes: Uint8Array; compressed: boolean }) => {
    const page = parse({ bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), compressed });
    parentPort?.postMessage({ id, rows: (page as { value: unknown[] }).value.length });
  });
}

let asked = 0;

function ask(thread: Worker, bytes: Buffer, compressed: boolean): Promise<number> {
  const id = asked++;
  const { promise, resolve } = Promise.withResolvers<number>();
  const onMessage = (answer: { id: number; rows: number }): void => {
    if (answer.id !== id) return;
    thread.off('message', onMessage);
    resolve(answer.rows);
  };
  thread.on('message', onMessage);
  thread.postMessage({ id, bytes, compressed }, [bytes.buffer as ArrayBuffer]);
  return promise;
}

function parse({ bytes, compressed }: Body): unknown {
  return JSON.parse((compressed ? gunzipSync(bytes) : bytes).toString('utf8'));
}

async function readAll(options: ContenderOptions, keep: boolean, onBody: (body: Body) => Promise<void>): Promise<void> {
  const agent = agentOf(options);
  let next = 0;
  const reader = async (): Promise<void> => {
    for (let link = links[next++]; link !== undefined; link = links[next++]) await onBody(await get(link, agent, keep));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, reader));
  agent.destroy();
}

function agentOf({ caFile }: ContenderOptions): Agent {
  return new Agent({ keepAlive: true, ca: readFileSync(caFile), maxSockets: AT_ONCE });
}

function get(url: string, agent: Agent, keep: boolean): Promise<Body> {
  const { promise, resolve, reject } = Promise.withResolvers<Body>();
  const headers = { authorization: `Bearer ${TOKEN}`, 'accept-encoding': 'gzip' };
  request(url, { agent, headers }, (response) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      size += chunk.byteLength;
      if (keep) chunks.push(chunk);
    });
    response.on('end', () => resolve({ bytes: join(chunks, size), compressed: response.headers['content-encoding'] === 'gzip' }));
    response.on('error', reject);
  })
    .on('error', reject)
    .end();
  return promise;
}

/** Copies into a separate buffer, which can be transferred to a thread. */
function join(chunks: readonly Buffer[], size: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(size);
  let at = 0;
  for (const chunk of chunks) at += chunk.copy(bytes, at);
  return bytes;
}
