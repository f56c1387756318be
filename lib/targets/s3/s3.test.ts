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
    expect(await first({ bucket: 'nowhere' })).toMatchObject({ detail: 'The bucket nowhere does not exist.' });
    expect(await first({ accessKeyId: 'unknown' })).toMatchObject({ detail: 'The store does not know this access key ID.' });
    expect(await first({}, { secretAccessKey: 'wrong' })).toMatchObject({
      detail: expect.stringContaining('does not belong to the access key'),
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

/** s3rver has neither a list of uploads nor their end: this front answers both as in the Amazon S3 API Reference, in pages of one upload. */
function uploadsFront(uploads: readonly { readonly key: string; readonly initiated: string }[]) {
  const ended: string[] = [];
  const front: Parameters<S3Server['interfere']>[0] = ({ method, url = '' }, answer) => {
    const { pathname, searchParams } = new URL(url, 'http://s3');
    if (method === 'DELETE' && searchParams.has('uploadId')) {
      ended.push(decodeURIComponent(pathname.split('/').slice(2).join('/')));
      return Boolean(answer.writeHead(204).end());
    }
    if (method !== 'GET' || !searchParams.has('uploads')) return false;
    const listed = uploads.filter(({ key }) => key.startsWith(searchParams.get('prefix') ?? ''));
    const at = listed.findIndex(({ key }) => key === searchParams.get('key-marker')) + 1;
    const { key, initiated } = listed[at] ?? { key: '', initiated: '' };
    const one = `<Upload><Key>${key}</Key><UploadId>id-${at}</UploadId><Initiated>${initiated}</Initiated></Upload>`;
    const next = `<NextKeyMarker>${key}</NextKeyMarker><NextUploadIdMarker>id-${at}</NextUploadIdMarker>`;
    const body = `<IsTruncated>${at + 1 < listed.length}</IsTruncated>${at + 1 < listed.length ? next : ''}${key === '' ? '' : one}`;
    answer.writeHead(200, { 'content-type': 'application/xml' });
    return Boolean(answer.end(`<ListMultipartUploadsResult>${body}</ListMultipartUploadsResult>`));
  };
  return { front, ended };
}

describe('a reload into a bucket', () => {
  it('ends the uploads that killed processes left below the folder of the dataset, and no others', async () => {
    const server = await s3ServerOfTest();
    const old = '2025-12-31T00:00:00Z';
    const { front, ended } = uploadsFront([
      { key: 'hr/users/v=1/part-00000.parquet', initiated: old },
      { key: 'hr/users/v=2/part-00000.parquet', initiated: '2026-01-01T12:00:00Z' },
      { key: 'hr/users/v=3/part-00001.parquet', initiated: old },
      { key: 'hr/users_of_others/part-00000.parquet', initiated: old },
      { key: 'elsewhere/part-00000.parquet', initiated: old },
    ]);
    server.interfere(front);
    const now = '2026-01-01T12:00:01Z';
    const input = { access: server.target(), task, dataset: fakeDataset({ id: 'string' }), rules: LOCAL_RULES, now };
    expect(await reloadInto({ ...input, runId: 'run_1', source: { pages: [[{ id: 'a' }]] } })).toMatchObject({ state: 'done' });
    expect(ended).toEqual(['hr/users/v=1/part-00000.parquet', 'hr/users/v=3/part-00001.parquet']);
  });

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
