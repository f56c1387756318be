import type { LookupAddress } from 'node:dns';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isPublicAddress } from './addresses.ts';
import { createHttp, type HttpConfig, requireAllowed } from './http.ts';
import ssrf from './testdata/ssrf.json' with { type: 'json' };

const { public: publicAddresses, notPublic, refusedUrls } = ssrf;

const ALLOWED = new Set(['https://graph.microsoft.com']);

test.each(refusedUrls)('%j is refused before anything is sent', (url) => {
  expect(() => requireAllowed(url, ALLOWED)).toThrow(/host-not-allowed/);
});

test.each(publicAddresses)('%j is an address of the internet', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

test.each(notPublic)('%j is no address of the internet', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

function httpWith(addresses: readonly string[], config: Partial<HttpConfig> = {}) {
  const lookup = ((_host: string, _options: unknown, done: (error: Error | null, found: LookupAddress[]) => void) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )) as unknown as NonNullable<HttpConfig['lookup']>;
  const http = createHttp({ allowedOrigins: ['https://graph.test'], operatorOrigins: [], extraCaPem: null, lookup, ...config });
  onTestFinished(() => http.close());
  return http;
}

test.each([[['127.0.0.1']], [['10.0.0.1']], [['::ffff:10.0.0.1']], [['8.8.8.8', '192.168.0.1']]])(
  'an allowed name that resolves to %s is refused',
  async (addresses) => {
    const request = httpWith(addresses).send({ method: 'GET', url: 'https://graph.test/', headers: {} });
    await expect(request).rejects.toMatchObject({ code: 'address-not-allowed', retry: 'never' });
  },
);

test("a host of the operator's may have a private address; what isn't TLS there says so or breaks off", async () => {
  const server = createServer((_, response) => response.end('hello'));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const origin = `https://graph.test:${port}`;
  const http = httpWith(['127.0.0.1'], { operatorOrigins: [origin] });
  await expect(http.send({ method: 'GET', url: `${origin}/`, headers: {} })).rejects.toMatchObject({ retry: 'backoff' });
});

/** A server of this machine; `hits` are the requested paths. */
async function listen(answer: RequestListener) {
  const hits: string[] = [];
  const server = createServer((request, response) => {
    hits.push(request.url ?? '');
    answer(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  return { hits, port: (server.address() as AddressInfo).port };
}

test('a redirect is an answer like any other: nobody is asked where it points', async () => {
  const inner = await listen((_, response) => response.end('internal'));
  const outer = await listen((_, response) =>
    response.writeHead(307, { location: `http://127.0.0.1:${inner.port}/latest/meta-data` }).end(),
  );
  const origin = `http://localhost:${outer.port}`;
  const http = httpWith(['127.0.0.1'], { operatorOrigins: [origin] });
  const answer = await http.send({ method: 'POST', url: `${origin}/token`, headers: {}, body: 'client_secret=x' });
  expect(answer.status).toBe(307);
  expect({ outer: outer.hits, inner: inner.hits }).toEqual({ outer: ['/token'], inner: [] });
});

test('a name that is public when it is checked and private afterwards (rebinding) is looked up anew for each connection', async () => {
  const inner = await listen((_, response) => response.end('internal'));
  const origin = `https://graph.test:${inner.port}`;
  const answers = ['192.31.196.1', '127.0.0.1'];
  const stop = new AbortController();
  const looked: string[] = [];
  const lookup = ((_host: string, _options: unknown, done: (error: Error | null, found: LookupAddress[]) => void) => {
    const address = answers[looked.length] ?? '127.0.0.1';
    looked.push(address);
    done(null, [{ address, family: 4 }]);
    // The first address is on its way by now; nothing answers there.
    setImmediate(() => stop.abort());
  }) as unknown as NonNullable<HttpConfig['lookup']>;
  const http = createHttp({ allowedOrigins: [origin], operatorOrigins: [], extraCaPem: null, lookup });
  onTestFinished(() => http.close());
  const send = (signal?: AbortSignal) =>
    http.send({ method: 'GET', url: `${origin}/`, headers: {}, ...(signal === undefined ? {} : { signal }) });
  await expect(send(stop.signal)).rejects.toThrow();
  expect(looked).toEqual(['192.31.196.1']);
  await expect(send()).rejects.toMatchObject({ code: 'address-not-allowed', retry: 'never' });
  expect(inner.hits).toEqual([]);
});

test('plain http goes to this machine only, and only where the operator listed it', async () => {
  const here = await listen((_, response) => response.end('hello'));
  const origin = `http://localhost:${here.port}`;
  const request = { method: 'GET', url: `${origin}/`, headers: {} } as const;
  expect((await httpWith(['127.0.0.1'], { operatorOrigins: [origin] }).send(request)).status).toBe(200);
  await expect(httpWith(['127.0.0.1']).send(request)).rejects.toMatchObject({ code: 'host-not-allowed' });
  await expect(httpWith(['10.0.0.1'], { operatorOrigins: [origin] }).send(request)).rejects.toMatchObject({
    code: 'address-not-allowed',
  });
  const elsewhere = 'http://graph.test';
  await expect(
    httpWith(['127.0.0.1'], { operatorOrigins: [elsewhere] }).send({ ...request, url: `${elsewhere}/` }),
  ).rejects.toMatchObject({ code: 'host-not-allowed' });
});

test('a closed port is named', async () => {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  const http = httpWith(['127.0.0.1'], { operatorOrigins: [`https://graph.test:${port}`] });
  await expect(http.send({ method: 'GET', url: `https://graph.test:${port}/`, headers: {} })).rejects.toMatchObject({
    code: 'connection-refused',
    problem: { title: `Nothing answers at graph.test:${port}.` },
  });
});

describe('compressed answers', () => {
  /** Serves `body` as gzip on a loopback address. */
  async function served(body: Buffer) {
    const server = createServer((request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'x-asked': request.headers['accept-encoding'] ?? '' });
      response.end(body);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    onTestFinished(() => void server.close());
    const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
    return { url: `${origin}/`, http: httpWith(['127.0.0.1'], { operatorOrigins: [origin] }) };
  }

  test.each([0, 10, 5 << 20, 20 << 20])('of %i bytes are asked for and come out whole', async (size) => {
    const content = Buffer.alloc(size, 'Graph ');
    const { url, http } = await served(gzipSync(content));
    const { body, headers } = await http.send({ method: 'GET', url, headers: {} });
    expect([Buffer.from(body).equals(content), headers['x-asked']]).toEqual([true, 'gzip']);
  });

  test('that are small on the wire and large beyond the limit are refused', async () => {
    const { url, http } = await served(gzipSync(Buffer.alloc(1 << 20)));
    await expect(http.send({ method: 'GET', url, headers: {}, bytesMax: 100_000 })).rejects.toMatchObject({
      code: 'answer-too-large',
    });
  });

  test.each([
    ['cut off', (whole: Buffer) => whole.subarray(0, whole.length - 20)],
    ['no gzip', () => Buffer.from('plain')],
    ['of a wrong checksum', (whole: Buffer) => Buffer.concat([whole.subarray(0, -8), Buffer.alloc(4), whole.subarray(-4)])],
  ])('that are %s count as a broken connection, which may be tried again', async (_name, spoil) => {
    const { url, http } = await served(spoil(gzipSync(Buffer.alloc(10_000, 'abc'))));
    await expect(http.send({ method: 'GET', url, headers: {} })).rejects.toMatchObject({
      code: 'connection-lost',
      retry: 'backoff',
    });
  });
});

test.each([['identity'], ['gzip']])('passes on the head of an answer while the rest is still received (%s)', async (encoding) => {
  const text = Buffer.from(`{"head":1,"rest":"${'x'.repeat(200_000)}"}`);
  const rest = Promise.withResolvers<void>();
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-encoding': encoding });
    // Compressed so little that the first bytes decode by themselves.
    const body = encoding === 'gzip' ? gzipSync(text, { level: 0 }) : text;
    response.write(body.subarray(0, 4096));
    void rest.promise.then(() => response.end(body.subarray(4096)));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const http = httpWith(['127.0.0.1'], { operatorOrigins: [origin] });
  const head = Promise.withResolvers<string>();
  const answer = http.send({
    method: 'GET',
    url: `${origin}/`,
    headers: {},
    onHead: (bytes) => head.resolve(Buffer.from(bytes).toString('utf8')),
  });
  expect(await head.promise).toMatch(/^\{"head":1,/);
  rest.resolve();
  expect(Buffer.from((await answer).body).equals(text)).toBe(true);
});

test('a request may have a connection of its own', async () => {
  const server = createServer((_, response) => response.end('hello'));
  const ports = new Set<number | undefined>();
  server.on('request', ({ socket }) => ports.add(socket.remotePort));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const http = httpWith(['127.0.0.1'], { operatorOrigins: [origin] });
  const send = (newConnection: boolean) => http.send({ method: 'GET', url: `${origin}/`, headers: {}, newConnection });
  await send(false);
  await send(true);
  await send(false);
  expect(ports.size).toBe(2);
});
