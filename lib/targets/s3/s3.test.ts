import { describe, expect, it } from 'vitest';
import { LakeSettings } from '#lib/domain/task/task.ts';
import { fakeDataset } from '#lib/reload/testing/fake-source.ts';
import type { TargetRules } from '#lib/targets/target.ts';
import { LOCAL_RULES } from '#lib/targets/testing/local-rules.ts';
import { NO_RULES, reloadInto } from '#lib/targets/testing/reload-into.ts';
import { s3 } from './index.ts';
import { type S3Server, s3ServerOfTest } from './testing/s3-server.ts';

type Given = Readonly<Record<string, unknown>>;
const test = (server: S3Server, settings: Given = {}, secrets: Given = {}, rules: TargetRules = LOCAL_RULES) =>
  s3.test(server.target(settings, secrets), rules, AbortSignal.timeout(20_000));
const error = (code: string) => `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>no</Message></Error>`;
const task = { method: 'reload', targetId: 'targ_33333333333333333333', settings: LakeSettings.parse({ folder: 'hr' }) } as const;

describe('the test of a bucket', () => {
  it('writes, reads, lists and deletes, and leaves nothing behind', async () => {
    const server = await s3ServerOfTest();
    const found = await test(server);
    expect(found.checks.map(({ name, passed }) => [name, passed])).toEqual([
      ['write', true],
      ['read', true],
      ['list', true],
      ['delete', true],
    ]);
    expect(found.passed).toBe(true);
  });

  it('says what is wrong with bucket, key and secret', async () => {
    const server = await s3ServerOfTest();
    const first = async (settings: Given, secrets: Given = {}) => (await test(server, settings, secrets)).checks[0];
    expect(await first({ bucket: 'nowhere' })).toMatchObject({ detail: 'There is no bucket nowhere.' });
    expect(await first({ accessKeyId: 'unknown' })).toMatchObject({ detail: 'The store does not know this access key ID.' });
    expect(await first({}, { secretAccessKey: 'wrong' })).toMatchObject({
      detail: expect.stringContaining('not that of the access key'),
    });
  });

  it.each([
    ['RequestTimeTooSkewed', 403, 'clocks'],
    ['AccessDenied', 403, 's3:PutObject'],
    ['ExpiredToken', 400, 'expired'],
    ['AuthorizationHeaderMalformed', 400, 'another region'],
    ['XMinioStorageFull', 507, 'is full'],
  ])('says what %s means', async (code, status, words) => {
    const server = await s3ServerOfTest();
    server.interfere((_, answer) => Boolean(answer.writeHead(status, { 'content-type': 'application/xml' }).end(error(code))));
    expect((await test(server)).checks[0]?.detail).toContain(words);
  });

  it('names the right that is missing where only one is', async () => {
    const server = await s3ServerOfTest();
    server.interfere(({ method }, answer) => {
      if (method !== 'DELETE') return false;
      answer.writeHead(403, { 'content-type': 'application/xml' }).end(error('AccessDenied'));
      return true;
    });
    expect((await test(server)).checks).toMatchObject([
      { name: 'write', passed: true },
      { name: 'read', passed: true },
      { name: 'list', passed: true },
      { name: 'delete', passed: false, remedy: expect.stringContaining('s3:DeleteObject') },
    ]);
  });

  it('goes to no private address that the operator did not list, and with the identity of the machine nowhere else', async () => {
    const server = await s3ServerOfTest();
    const refused = async (settings: Given, rules: TargetRules) => (await test(server, settings, {}, rules)).checks[0]?.remedy;
    expect(await refused({}, NO_RULES)).toContain('ENTRADA_TARGET_NETWORKS');
    expect(await refused({ endpoint: `http://localhost:${server.port}` }, NO_RULES)).toContain('ENTRADA_TARGET_NETWORKS');
    expect(await refused({ credentials: 'machine' }, LOCAL_RULES)).toContain('ENTRADA_TARGET_IDENTITY_HOSTS');
  });

  it('uses plain http in the networks of the operator only', async () => {
    const server = await s3ServerOfTest();
    expect((await test(server, { endpoint: 'http://198.51.99.1' })).checks[0]?.detail).toContain('without TLS');
  });
});

describe('a reload into a bucket', () => {
  const reload = (access: ReturnType<S3Server['target']>, runId: string) =>
    reloadInto({
      ...{ access, task, dataset: fakeDataset({ id: 'string' }), runId, rules: LOCAL_RULES },
      source: { pages: [[{ id: runId }]] },
    });

  it('goes through answers of 500 and 503 and broken connections', async () => {
    const server = await s3ServerOfTest();
    let requests = 0;
    server.interfere(({ socket }, answer) => {
      requests++;
      if (requests % 4 === 1) return Boolean(answer.writeHead(503, { 'content-type': 'application/xml' }).end(error('SlowDown')));
      if (requests % 4 === 2) return Boolean(socket.destroy());
      return false;
    });
    expect(await reload(server.target(), 'run_1')).toMatchObject({ state: 'done', problem: null });
  });

  it('that the store does not take leaves what was there, says why, and the next one heals', async () => {
    const server = await s3ServerOfTest();
    const access = server.target();
    await reload(access, 'run_1');
    server.interfere(({ method, url = '' }, answer) => {
      if (method !== 'PUT' || !url.includes('_SUCCESS')) return false;
      return Boolean(answer.writeHead(403, { 'content-type': 'application/xml' }).end(error('AccessDenied')));
    });
    expect(await reload(access, 'run_2')).toMatchObject({
      state: 'failed',
      problem: { code: 'lake-forbidden', remedy: expect.stringContaining('s3:PutObject') },
    });
    const rows = async () => {
      const page = { offset: 0, limit: 10 };
      return (await s3.readRows(access, LOCAL_RULES, { task, dataset: fakeDataset({ id: 'string' }), page })).rows;
    };
    expect(await rows()).toEqual([['run_1']]);
    server.interfere(null);
    expect(await reload(access, 'run_3')).toMatchObject({ state: 'done' });
    expect(await rows()).toEqual([['run_3']]);
  });
});
