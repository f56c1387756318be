import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openTls, type TlsFiles } from '#lib/emulator/tls.ts';
import { createHttp, type HttpConfig } from './http.ts';
import { bypassesProxy, proxyName } from './proxy.ts';

const dir = mkdtempSync(join(tmpdir(), 'entrada-proxy-'));
let tls: TlsFiles;
beforeAll(async () => {
  tls = await openTls(dir, new Date(), ['graph.test', 'proxy.test']);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function listen(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** What answers as Graph, with a certificate of a private authority. */
function startTarget(): Promise<number> {
  return listen(createTlsServer({ cert: tls.certPem, key: tls.keyPem }, (_, response) => response.end('{"value":[]}')));
}

interface ProxyOptions {
  readonly targetPort: number;
  readonly user?: string;
  /** Status of the answer to every request for a tunnel. */
  readonly refuse?: number;
  readonly secure?: boolean;
}

/** A proxy that opens tunnels: every name leads to this machine, as the proxy's own resolver says. */
async function startProxy({ targetPort, user, refuse, secure = false }: ProxyOptions) {
  const asked: string[] = [];
  const server = secure ? createTlsServer({ cert: tls.certPem, key: tls.keyPem }) : createServer();
  const onConnect = (request: IncomingMessage, socket: Socket): void => {
    asked.push(request.url ?? '');
    socket.on('error', () => undefined);
    const expected = user === undefined ? undefined : `Basic ${Buffer.from(user).toString('base64')}`;
    const status = refuse ?? (expected === request.headers['proxy-authorization'] ? 200 : 407);
    if (status !== 200) return void socket.end(`HTTP/1.1 ${status} Refused\r\n\r\n`);
    const upstream = connect(targetPort, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
  };
  server.on('connect', onConnect);
  const port = await listen(server);
  return {
    asked,
    at: `127.0.0.1:${port}`,
    url: (credentials = '') => `${secure ? 'https' : 'http'}://${credentials}127.0.0.1:${port}`,
  };
}

function httpThrough(url: string, over: Partial<HttpConfig> = {}) {
  const http = createHttp({
    allowedOrigins: ['https://graph.test'],
    operatorOrigins: [],
    extraCaPem: tls.caPem,
    proxy: { url, noProxy: '' },
    ...over,
  });
  onTestFinished(() => http.close());
  return (newConnection = false) => http.send({ method: 'GET', url: 'https://graph.test/', headers: {}, newConnection });
}

describe('requests through a proxy', () => {
  test.each([
    ['http', false, undefined, ''],
    ['https, with a certificate of a private authority', true, undefined, ''],
    ['http with a user name and password', false, 'kim:p@ss/word', 'kim:p%40ss%2Fword@'],
    ['https with a user name and password', true, 'kim:secret', 'kim:secret@'],
  ])('reach the host that was asked in a tunnel, by its name (%s)', async (_, secure, user, credentials) => {
    const proxy = await startProxy({ targetPort: await startTarget(), secure, ...(user === undefined ? {} : { user }) });
    const send = httpThrough(proxy.url(credentials));
    expect((await send()).status).toBe(200);
    expect((await send(true)).status).toBe(200);
    expect(proxy.asked).toEqual(['graph.test:443', 'graph.test:443']);
  });

  test('check the certificate of the host behind the proxy', async () => {
    const proxy = await startProxy({ targetPort: await startTarget() });
    await expect(httpThrough(proxy.url(), { extraCaPem: null })()).rejects.toMatchObject({
      code: 'certificate-untrusted',
      retry: 'never',
      problem: {
        title: 'The certificate of graph.test is not trusted.',
        detail: `Entrada sent the request through the proxy ${proxy.at}.`,
      },
    });
  });

  test('say that the proxy itself is not trusted', async () => {
    const proxy = await startProxy({ targetPort: 1, secure: true });
    await expect(httpThrough(proxy.url(), { extraCaPem: null })()).rejects.toMatchObject({
      code: 'certificate-untrusted',
      problem: { title: `The certificate of the proxy ${proxy.at} is not trusted.` },
    });
  });

  test.each([
    ['407 without a user name', { user: 'kim:secret' }, '', 'proxy-authentication', 'never', /requires a user name/],
    ['407 with a wrong one', { user: 'kim:secret' }, 'kim:wrong@', 'proxy-authentication', 'never', /refused the user name/],
    ['403', { refuse: 403 }, '', 'proxy-refused', 'never', /refused to connect to graph.test \(status 403\)/],
    ['502', { refuse: 502 }, '', 'proxy-refused', 'backoff', /refused to connect to graph.test \(status 502\)/],
    ['503', { refuse: 503 }, 'kim:secret@', 'proxy-refused', 'backoff', /status 503/],
  ] as const)(
    'name the proxy when it refuses (%s), and never its password',
    async (_, options, credentials, code, retry, words) => {
      const proxy = await startProxy({ targetPort: 1, ...options });
      const error = await httpThrough(proxy.url(credentials))().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code, retry, problem: { title: expect.stringMatching(words), fixer: 'operator' } });
      expect(JSON.stringify((error as { problem: unknown }).problem)).toContain(proxy.at);
      expect(JSON.stringify((error as { problem: unknown }).problem)).not.toMatch(/secret|wrong/);
    },
  );

  test('name the proxy when nothing answers there, or its name is unknown', async () => {
    await expect(httpThrough('http://127.0.0.1:1')()).rejects.toMatchObject({
      code: 'proxy-unreachable',
      retry: 'backoff',
      problem: { title: 'Nothing answers at the proxy 127.0.0.1:1.', remedy: expect.stringContaining('HTTPS_PROXY') },
    });
    await expect(httpThrough('http://no-such-proxy.invalid:3128')()).rejects.toMatchObject({
      code: 'proxy-unreachable',
      problem: { title: 'The proxy no-such-proxy.invalid:3128 was not found: DNS cannot resolve the host name.' },
    });
  });

  test('are made to the listed hosts only, and to no private address', async () => {
    const proxy = await startProxy({ targetPort: 1 });
    const http = createHttp({
      allowedOrigins: ['https://10.0.0.1'],
      operatorOrigins: [],
      extraCaPem: null,
      proxy: { url: proxy.url(), noProxy: '' },
    });
    onTestFinished(() => http.close());
    const ask = (url: string) => http.send({ method: 'GET', url, headers: {} });
    await expect(ask('https://elsewhere.test/')).rejects.toMatchObject({ code: 'host-not-allowed' });
    await expect(ask('https://10.0.0.1/')).rejects.toMatchObject({ code: 'address-not-allowed' });
    expect(proxy.asked).toEqual([]);
  });

  test('go past the proxy where NO_PROXY names the host', async () => {
    const port = await startTarget();
    const origin = `https://localhost:${port}`;
    const proxy = await startProxy({ targetPort: 1, refuse: 502 });
    const http = createHttp({
      allowedOrigins: [],
      operatorOrigins: [origin],
      extraCaPem: tls.caPem,
      proxy: { url: proxy.url(), noProxy: 'localhost' },
    });
    onTestFinished(() => http.close());
    expect((await http.send({ method: 'GET', url: `${origin}/`, headers: {} })).status).toBe(200);
    expect(proxy.asked).toEqual([]);
  });
});

test.each([
  ['', 'https://graph.test', false],
  ['*', 'https://graph.test', true],
  ['graph.test', 'https://graph.test', true],
  ['GRAPH.Test', 'https://graph.test', true],
  ['test', 'https://graph.test', true],
  ['.test', 'https://graph.test', true],
  ['*.test', 'https://graph.test', true],
  ['.graph.test', 'https://graph.test', true],
  ['graph.test.', 'https://graph.test', true],
  ['raph.test', 'https://graph.test', false],
  ['a.graph.test', 'https://graph.test', false],
  ['graph.test:443', 'https://graph.test', true],
  ['graph.test:8443', 'https://graph.test', false],
  ['graph.test:8443', 'https://graph.test:8443', true],
  ['localhost, ,graph.test', 'https://graph.test', true],
  ['localhost graph.test', 'https://graph.test', true],
  ['10.0.0.0/8', 'https://10.1.2.3', true],
  ['10.0.0.0/8', 'https://11.1.2.3', false],
  ['10.0.0.0/8', 'https://graph.test', false],
  ['10.0.0.0/99', 'https://10.1.2.3', false],
  ['127.0.0.1', 'https://127.0.0.1:3002', true],
  ['0.0.1', 'https://127.0.0.1', false],
  ['::1', 'https://[::1]:3002', true],
  ['[::1]', 'https://[::1]', true],
  ['[::1]:3002', 'https://[::1]:3002', true],
  ['fd00::/8', 'https://[fd12::1]', true],
])('NO_PROXY=%j for %s is direct: %j', (noProxy, url, direct) => {
  expect(bypassesProxy(new URL(url), noProxy)).toBe(direct);
});

test('a proxy is named without its credentials', () => {
  expect(proxyName({ url: 'http://kim:secret@proxy.test:3128/', noProxy: '' })).toBe('proxy.test:3128');
  expect(proxyName({ url: 'https://proxy.test', noProxy: '' })).toBe('proxy.test:443');
});

/** Asks the target from a process whose environment is `env`: its trust is read when it starts. */
async function askFromProcess(port: number, caPem: string | null, env: Record<string, string>): Promise<string> {
  const module = pathToFileURL(join(import.meta.dirname, 'http.ts')).href;
  const origin = `https://localhost:${port}`;
  const script = `
    const { createHttp } = await import(${JSON.stringify(module)});
    const http = createHttp({ allowedOrigins: [], operatorOrigins: [${JSON.stringify(origin)}], extraCaPem: ${JSON.stringify(caPem)} });
    const said = await http.send({ method: 'GET', url: ${JSON.stringify(origin)}, headers: {} }).then(({ status }) => status, ({ code }) => code);
    console.log(said);
    await http.close();`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    env: { NODE_ENV: 'test', ...env },
  });
  return stdout.trim();
}

test('a CA of one origin counts for that origin alone, whatever else its certificates name', async () => {
  const ports = await Promise.all(
    [0, 1].map(() => listen(createTlsServer({ cert: tls.certPem, key: tls.keyPem }, (_, response) => response.end('{}')))),
  );
  const [own = '', other = ''] = ports.map((port) => `https://localhost:${port}`);
  const http = createHttp({
    allowedOrigins: [],
    operatorOrigins: [own, other],
    extraCaPem: null,
    originCas: new Map([[own, tls.caPem]]),
  });
  onTestFinished(() => http.close());
  const ask = (url: string, newConnection: boolean) => http.send({ method: 'GET', url, headers: {}, newConnection });
  for (const newConnection of [false, true]) {
    expect(await ask(own, newConnection)).toMatchObject({ status: 200 });
    await expect(ask(other, newConnection)).rejects.toMatchObject({ code: 'certificate-untrusted' });
  }
});

test('the CA of the operator, NODE_EXTRA_CA_CERTS and the store of the system count, each alone and beside the others', async () => {
  const target = createTlsServer({ cert: tls.certPem, key: tls.keyPem }, (_, response) => response.end('{}'));
  const port = await listen(target);
  const other = await openTls(join(dir, 'other'), new Date());
  const file = join(dir, 'bundle.pem');
  writeFileSync(file, tls.caPem);
  const ask = (caPem: string | null, env: Record<string, string> = {}) => askFromProcess(port, caPem, env);
  expect(await ask(null)).toBe('certificate-untrusted');
  expect(await ask(tls.caPem)).toBe('200');
  expect(await ask(null, { NODE_EXTRA_CA_CERTS: file })).toBe('200');
  expect(await ask(other.caPem, { NODE_EXTRA_CA_CERTS: file })).toBe('200');
  expect(await ask(other.caPem, { SSL_CERT_FILE: file })).toBe('200');
  expect(await ask(`${other.caPem}\n${tls.caPem}`)).toBe('200');
});
