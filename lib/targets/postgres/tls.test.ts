import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TargetAccess } from '#lib/domain/target/target.ts';
import { fakeDataset } from '#lib/reload/testing/fake-source.ts';
import { LOCAL_RULES } from '#lib/targets/testing/local-rules.ts';
import { NO_RULES, reloadInto } from '#lib/targets/testing/reload-into.ts';
import { postgres } from './index.ts';
import { fullLoadTask } from './testing/full-load-task.ts';
import { createCa, rsaCertificate, startTlsServer, type TlsServer } from './testing/tls-server.ts';
import { startTokenIssuer, type TokenIssuer } from './testing/token-issuer.ts';

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
  const task = fullLoadTask();
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

it('a certificate that has ended, and a server without TLS, are said with their remedies', async () => {
  try {
    await server.show('expired');
    for (const tls of ['verify-full', 'verify-ca'])
      expect(await connect({ tls }), tls).toMatchObject({
        ...{
          passed: false,
          detail: expect.stringContaining('is not valid today'),
          remedy: 'Renew the certificate on the server.',
        },
      });
    expect(await connect({ tls: 'require' })).toMatchObject({ passed: true });
    await server.show('no-tls');
    for (const tls of ['verify-full', 'verify-ca', 'require'])
      expect(await connect({ tls }), tls).toMatchObject({
        ...{ passed: false, detail: expect.stringContaining('does not offer TLS') },
        remedy: expect.stringContaining('Turn on TLS on the server'),
      });
    expect(await connect({ tls: 'disable' })).toMatchObject({ passed: true });
  } finally {
    await server.show('certificate');
  }
});

describe('a target with a token of Microsoft Entra ID', () => {
  const SCOPE = 'https://ossrdbms-aad.database.windows.net/.default';
  const CLIENT_SECRET = 'the secret of the application';
  let issuer: TokenIssuer;
  beforeAll(async () => {
    issuer = await startTokenIssuer(server);
    await server.asAdmin('CREATE ROLE "the app" LOGIN SUPERUSER');
  });
  afterAll(() => issuer.stop());
  beforeEach(() => {
    Object.assign(issuer, { expiresInSeconds: 3600, refusal: null });
    issuer.requests.length = 0;
  });

  /** The server knows tokens as passwords, which is what the extension of Azure does for it. */
  const takes = (token: string) => server.asAdmin(`ALTER ROLE "the app" PASSWORD '${token}'`);
  const target = (
    more: Readonly<Record<string, unknown>> = {},
    secrets: Readonly<Record<string, unknown>> = { clientSecret: CLIENT_SECRET },
  ) => ({
    ...access({
      ...{ user: 'the app', signIn: 'client-secret', clientId: randomUUID(), authority: issuer.origin },
      ...{ tenantId: '6e7b768e-07e2-4810-8459-485f84f8f204', ...more },
    }),
    secrets,
  });
  const test = async (of: TargetAccess, rules = LOCAL_RULES) =>
    (await postgres.test(of, rules, new AbortController().signal)).checks[0];

  it('asks for the token of the database with the secret, keeps it, and replaces it before it ends', async () => {
    const of = target();
    await takes('token-1');
    const both = await Promise.all([test(of), test(of)]);
    expect([...both, await test(of)].map((check) => check?.passed)).toEqual([true, true, true]);
    expect(
      issuer.requests.map((body) => [body.get('grant_type'), body.get('scope')?.split(' ')[0], body.get('client_secret')]),
    ).toEqual([['client_credentials', SCOPE, CLIENT_SECRET]]);
    issuer.expiresInSeconds = 290;
    const short = target();
    await takes('token-2');
    expect(await test(short)).toMatchObject({ passed: true });
    await takes('token-3');
    expect(await test(short)).toMatchObject({ passed: true });
    expect(issuer.requests).toHaveLength(3);
  });

  it('a run opens its connections with the token', async () => {
    await takes('token-1');
    const task = fullLoadTask('by_token');
    const dataset = fakeDataset({ id: 'string' });
    const input = { access: target(), task, dataset, runId: 'run_1', source: { pages: [[{ id: 'a' }]] }, rules: LOCAL_RULES };
    expect(await reloadInto(input)).toMatchObject({ state: 'done', problem: null });
    expect(issuer.requests).toHaveLength(1);
  });

  it('signs in with a certificate', async () => {
    await takes('token-1');
    const certificatePem = await rsaCertificate();
    expect(await test(target({ signIn: 'client-certificate' }, { certificatePem }))).toMatchObject({ passed: true });
    expect(issuer.requests[0]?.get('client_assertion')).toMatch(/^ey/);
  });

  it('says what Entra or the server refused, and asks again the next time', async () => {
    const of = target();
    issuer.refusal = 'AADSTS7000215: Invalid client secret provided. Trace ID: 1';
    const refused = await test(of);
    expect(refused).toMatchObject({
      passed: false,
      detail: expect.stringContaining('AADSTS7000215: Invalid client secret provided'),
    });
    expect(JSON.stringify(refused)).not.toContain(CLIENT_SECRET);
    issuer.refusal = null;
    await takes('another');
    expect(await test(of)).toMatchObject({
      passed: false,
      remedy: expect.stringContaining(`pgaadauth_create_principal('the app', false, false)`),
    });
  });

  it('goes to no authority, and lends the identity of the machine to no host, that the operator did not list', async () => {
    expect((await test(target(), NO_RULES))?.remedy).toContain('ENTRADA_TARGET_NETWORKS');
    expect((await test(target({ signIn: 'managed-identity' }, {})))?.remedy).toContain('ENTRADA_TARGET_IDENTITY_HOSTS');
    expect(issuer.requests).toEqual([]);
  });

  it('is entered whole, and with a verified server alone', () => {
    const { settings } = target({ tls: 'require', tenantId: '' });
    const found = () => postgres.parse({ settings, secrets: {} });
    expect(found).toThrow(/verifies[\s\S]*Enter the tenant[\s\S]*Enter the client secret/);
    expect(() => postgres.parse({ settings: access({}).settings, secrets: {} })).toThrow('Enter the password.');
    expect(postgres.roleSql(settings)).toContain(`pgaadauth_create_principal('the app', false, false)`);
  });
});
