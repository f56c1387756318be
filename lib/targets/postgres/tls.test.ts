import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TargetAccess } from '#lib/domain/target/target.ts';
import { LandingSettings } from '#lib/domain/task/task.ts';
import { fakeDataset } from '#lib/reload/testing/fake-source.ts';
import { LOCAL_RULES } from '#lib/targets/testing/local-rules.ts';
import { reloadInto } from '#lib/targets/testing/reload-into.ts';
import { postgres } from './index.ts';
import { createCa, startTlsServer, type TlsServer } from './testing/tls-server.ts';

let server: TlsServer;
beforeAll(async () => {
  server = await startTlsServer();
}, 60_000);
afterAll(() => server.stop());

function access(settings: Readonly<Record<string, unknown>>): TargetAccess {
  const { port, username: user, password } = server.url;
  const base = { host: '127.0.0.1', port: Number(port), database: 'postgres', user, caPem: server.caPem };
  return { kind: 'postgres', settings: { ...base, ...settings }, secrets: { password }, builtIn: false };
}

const connect = async (settings: Readonly<Record<string, unknown>>) =>
  (await postgres.test(access(settings), LOCAL_RULES, new AbortController().signal)).checks[0];

it.each([
  ['verify-full', '127.0.0.1'],
  ['verify-ca', '127.0.0.1'],
  ['verify-ca', 'localhost'],
  ['require', 'localhost'],
])('with %s the connection to %s is encrypted', async (tls, host) => {
  expect(await connect({ tls, host })).toMatchObject({ passed: true, detail: expect.stringMatching(/TLSv1\.[23]$/) });
});

it('what is wrong with the certificate is said with its remedy, by the test and by a run', async () => {
  const wrongCa = (await createCa('Another authority')).certificate.toString('pem');
  const untrusted = {
    detail: expect.stringContaining('does not trust'),
    remedy: expect.stringContaining('CA certificate (PEM)'),
  };
  for (const tls of ['verify-full', 'verify-ca'])
    for (const caPem of ['', wrongCa]) expect(await connect({ tls, caPem })).toMatchObject({ passed: false, ...untrusted });
  const wrongName = { tls: 'verify-full', host: 'localhost' };
  expect(await connect(wrongName)).toMatchObject({
    ...{ passed: false, detail: expect.stringContaining('another host name') },
    remedy: expect.stringContaining('but not the host name'),
  });
  const task = {
    method: 'full-load',
    targetId: 'targ_44444444444444444444',
    settings: LandingSettings.parse({ schema: 'hr' }),
  } as const;
  const dataset = fakeDataset({ id: 'string' });
  const report = await reloadInto({
    access: access(wrongName),
    task,
    dataset,
    runId: 'run_1',
    source: { pages: [[]] },
    rules: LOCAL_RULES,
  });
  expect(report).toMatchObject({ state: 'failed', problem: { code: 'certificate-untrusted' } });
});
