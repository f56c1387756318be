import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';
import { expect, it } from 'vitest';
import type { Log } from '#lib/platform/log.ts';
import { hidePathsOf, traceRequests } from './trace.ts';

const TOKEN = 'planted-token';

function recordingLog(enabled: boolean) {
  const lines: unknown[] = [];
  const log = { isLevelEnabled: () => enabled, debug: (line: unknown) => lines.push(line) } as unknown as Log;
  return { log, lines };
}

async function serve(): Promise<{ readonly url: string; readonly close: () => void }> {
  const server = createServer((_, response) => response.writeHead(429, { 'Request-Id': 'abc' }).end('{}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

async function ask(url: string): Promise<void> {
  const { body } = await request(url, { headers: { authorization: `Bearer ${TOKEN}` } });
  await body.dump();
}

it('names method, address, status and request id of each request, and no token', async () => {
  const { log, lines } = recordingLog(true);
  const { url, close } = await serve();
  const end = traceRequests(log);
  await ask(`${url}/v1.0/users?$select=id&$skiptoken=${'A'.repeat(5000)}&$top=999`);
  end();
  await ask(`${url}/after`);
  close();
  const requestUrl = `${url}/v1.0/users?$select=id&$skiptoken=...&$top=999`;
  expect(lines).toEqual([{ method: 'GET', url: requestUrl, status: 429, ms: expect.any(Number), requestId: 'abc' }]);
  expect(JSON.stringify(lines)).not.toContain(TOKEN);
});

it('names what went wrong with a request that got no answer', async () => {
  const { log, lines } = recordingLog(true);
  const end = traceRequests(log);
  const { url, close } = await serve();
  close();
  await ask(`${url}/v1.0/users`).catch(() => undefined);
  end();
  expect(lines).toEqual([{ method: 'GET', url: `${url}/v1.0/users`, error: 'ECONNREFUSED', ms: expect.any(Number) }]);
});

it('names only the origin where the address itself is a secret', async () => {
  const { log, lines } = recordingLog(true);
  const { url, close } = await serve();
  hidePathsOf(url);
  const end = traceRequests(log);
  await ask(`${url}/services/T0/planted-path`);
  end();
  close();
  expect(lines).toEqual([expect.objectContaining({ url: `${url}/...`, status: 429 })]);
});

it('listens to nothing on other levels', async () => {
  const { log, lines } = recordingLog(false);
  const { url, close } = await serve();
  traceRequests(log);
  await ask(url);
  close();
  expect(lines).toEqual([]);
});
