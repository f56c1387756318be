import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createSecureContext } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { openTls, type TlsFiles } from './tls.ts';

const NOW = new Date();
const YEAR_MS = 365 * 86_400_000;

function temporary(): string {
  const dir = mkdtempSync(join(tmpdir(), 'entrada-tls-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Connects a client that trusts only `caPem` to a server with `server`'s certificate and this server name: `ok`, or OpenSSL's error code. */
async function meet(server: TlsFiles, caPem: string, servername: string): Promise<string> {
  const https = createServer({ key: server.keyPem, cert: server.certPem });
  await new Promise<void>((done) => https.listen(0, '127.0.0.1', done));
  onTestFinished(() => void https.close());
  const socket = connect({
    port: (https.address() as AddressInfo).port,
    host: '127.0.0.1',
    servername,
    secureContext: createSecureContext({ ca: caPem }),
  });
  return new Promise((done) => {
    socket.once('secureConnect', () => {
      socket.destroy();
      done('ok');
    });
    socket.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
  });
}

test('the demo CA vouches for its hosts', async () => {
  const files = await openTls(temporary(), NOW, ['demo.contoso.test', '10.1.2.3']);
  expect(await meet(files, files.caPem, 'localhost')).toBe('ok');
  expect(await meet(files, files.caPem, 'demo.contoso.test')).toBe('ok');
});

test('a certificate that the demo CA issued for another host is refused', async () => {
  const dir = temporary();
  const files = await openTls(dir, NOW);
  // The same CA key signs for a host outside of its name constraints.
  const other = await openTls(temporary(), NOW, ['login.microsoftonline.com']);
  expect(await meet(other, files.caPem, 'login.microsoftonline.com')).not.toBe('ok');
  const wider = await openTls(dir, NOW, ['login.microsoftonline.com']);
  expect(wider.caPem, 'other hosts need another CA').not.toBe(files.caPem);
});

test('the CA lasts a year and is made again in its last month, with a new server certificate; the key is for its owner alone', async () => {
  const dir = temporary();
  const first = await openTls(dir, NOW);
  expect((await openTls(dir, new Date(NOW.getTime() + YEAR_MS - 40 * 86_400_000))).caPem).toBe(first.caPem);
  const later = await openTls(dir, new Date(NOW.getTime() + YEAR_MS - 20 * 86_400_000));
  expect(later.caPem).not.toBe(first.caPem);
  expect(later.certPem).not.toBe(first.certPem);
  expect(statSync(join(dir, 'ca.key')).mode & 0o777).toBe(0o600);
});
