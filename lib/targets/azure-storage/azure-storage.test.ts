import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { TargetAccess } from '#lib/domain/target/target.ts';
import { LakeSettings } from '#lib/domain/task/task.ts';
import { fakeDataset } from '#lib/reload/testing/fake-source.ts';
import type { TargetRules } from '#lib/targets/target.ts';
import { LOCAL_RULES } from '#lib/targets/testing/local-rules.ts';
import { NO_RULES, reloadInto } from '#lib/targets/testing/reload-into.ts';
import { azureStorage } from './index.ts';
import { openerOf } from './open-container.ts';
import { AzureStorageSecrets, AzureStorageSettings } from './settings.ts';
import { startAzurite } from './testing/azurite.ts';

const azurite = await startAzurite();
afterAll(() => azurite.stop());
afterEach(() => azurite.interfere(null));

const LATER = new Date(Date.now() + 3_600_000);
const EARLIER = new Date(Date.now() - 3_600_000);
const test = (access: TargetAccess, rules: TargetRules = LOCAL_RULES) =>
  azureStorage.test(access, rules, AbortSignal.timeout(25_000));
const task = { method: 'reload', targetId: 'targ_33333333333333333333', settings: LakeSettings.parse({ folder: 'hr' }) } as const;
const dataset = fakeDataset({ id: 'string' });
const reload = (access: TargetAccess, runId: string) =>
  reloadInto({ ...{ access, task, dataset, runId, rules: LOCAL_RULES }, source: { pages: [[{ id: runId }]] } });
const rows = async (access: TargetAccess) =>
  (await azureStorage.readRows(access, LOCAL_RULES, { task, dataset, page: { offset: 0, limit: 10 } })).rows;

async function withSas(rights: string, expiresOn: Date): Promise<TargetAccess> {
  const access = await azurite.target({ signIn: 'sas' });
  return { ...access, secrets: { sas: await azurite.sign(access, rights, expiresOn) } };
}

describe('the test of a container', () => {
  it('writes, reads, lists and deletes, by account key and by signature', async () => {
    for (const access of [await azurite.target(), await withSas('rcwdl', LATER)])
      expect(await test(access)).toMatchObject({ passed: true, checks: [{}, {}, {}, {}] });
  });

  it('says what is wrong with container, key and signature', async () => {
    const first = async (access: TargetAccess) => (await test(access)).checks[0]?.detail;
    const accountKey = Buffer.from('another key').toString('base64');
    expect(await first(await azurite.target({ container: 'nowhere' }))).toBe('The container nowhere does not exist.');
    expect(await first(await azurite.target({}, { accountKey }))).toContain('refused the sign-in');
    expect(await first(await withSas('rcwdl', EARLIER))).toMatch(/signature expired on \d{4}-/);
  });

  it('names the right that a signature lacks', async () => {
    const { checks } = await test(await withSas('rcwl', LATER));
    expect(checks.map(({ name, passed }) => [name, passed])).toEqual([
      ['write', true],
      ['read', true],
      ['list', true],
      ['delete', false],
    ]);
    expect(checks.at(-1)?.remedy).toContain('the right to delete');
  });

  it('goes to no private address that the operator did not list, and with the identity of the machine nowhere else', async () => {
    const remedy = async (access: TargetAccess, rules: TargetRules) => (await test(access, rules)).checks[0]?.remedy;
    expect(await remedy(await azurite.target(), NO_RULES)).toContain('ENTRADA_TARGET_NETWORKS');
    const access = await azurite.target({ signIn: 'managed-identity' });
    expect(await remedy(access, LOCAL_RULES)).toContain('ENTRADA_TARGET_IDENTITY_HOSTS');
    const elsewhere = { signIn: 'client-secret', tenantId: 'contoso.test', clientId: '', authority: 'http://127.0.0.2' };
    expect(await remedy(await azurite.target(elsewhere, { clientSecret: 'x' }), LOCAL_RULES)).toContain(
      'ENTRADA_TARGET_NETWORKS',
    );
  });
});

it('a sign-in needs what belongs to it', () => {
  const settings = { endpoint: 'https://contoso.dfs.core.windows.net', container: 'lake' };
  const paths = (signIn: string) => {
    try {
      azureStorage.parse({ settings: { ...settings, signIn }, secrets: {} });
      return [];
    } catch (error) {
      return (error as { issues: { path: string[] }[] }).issues.map(({ path }) => path.join('.'));
    }
  };
  expect(paths('account-key')).toEqual(['secrets.accountKey']);
  expect(paths('sas')).toEqual(['secrets.sas']);
  expect(paths('client-certificate')).toEqual(['settings.tenantId', 'settings.clientId', 'secrets.certificatePem']);
  expect(paths('managed-identity')).toEqual([]);
  expect(azureStorage.location(settings)).toBe('https://contoso.blob.core.windows.net/lake');
});

describe('a reload into a container', () => {
  it('goes through answers of 500 and 503 and broken connections', async () => {
    let requests = 0;
    azurite.interfere(({ socket }, answer) => {
      requests++;
      if (requests % 5 === 1) return Boolean(answer.writeHead(503, { 'x-ms-error-code': 'ServerBusy' }).end());
      if (requests % 5 === 2) return Boolean(socket.destroy());
      return false;
    });
    expect(await reload(await azurite.target(), 'run_1')).toMatchObject({ state: 'done', problem: null });
  });

  it.each([
    [409, 'BlobImmutableDueToPolicy', 'lease or a policy'],
    [412, 'LeaseIdMissing', 'lease or a policy'],
    [403, 'AuthorizationPermissionMismatch', 'the right to write'],
    [403, 'AuthenticationFailed', 'Enter the key'],
  ])('that is refused with %i %s leaves what was there, says why, and the next one heals', async (status, code, words) => {
    const access = await azurite.target();
    await reload(access, 'run_1');
    azurite.interfere(({ method, url = '' }, answer) => {
      if (method !== 'PUT' || !url.includes('_SUCCESS')) return false;
      return Boolean(answer.writeHead(status, { 'x-ms-error-code': code }).end());
    });
    const report = await reload(access, 'run_2');
    expect(report.state).toBe('failed');
    expect(`${report.problem?.title} ${report.problem?.remedy}`).toContain(words);
    expect(await rows(access)).toEqual([['run_1']]);
    azurite.interfere(null);
    expect(await reload(access, 'run_3')).toMatchObject({ state: 'done' });
    expect(await rows(access)).toEqual([['run_3']]);
  });

  it('with a signature that has expired says when, and publishes nothing', async () => {
    const access = await azurite.target();
    await reload(access, 'run_1');
    const secrets = { sas: await azurite.sign(access, 'rcwdl', EARLIER) };
    const expired = { ...access, settings: { ...(access.settings as object), signIn: 'sas' }, secrets };
    expect(await reload(expired, 'run_2')).toMatchObject({ state: 'failed', problem: { code: 'lake-sign-in-refused' } });
    expect(await rows(access)).toEqual([['run_1']]);
  });
});

it('the entries of folders, which a hierarchical namespace has, are no files and go with what is below them', async () => {
  const { settings, secrets } = await azurite.target();
  const target = { settings: AzureStorageSettings.parse(settings), secrets: AzureStorageSecrets.parse(secrets) };
  const store = await openerOf({ ...target, builtIn: false, rules: LOCAL_RULES })('hr');
  await store.put('v=1/deep/part', 'x');
  for (const name of ['v=1', 'v=1/deep']) await azurite.putFolderEntry({ settings }, `hr/${name}`);
  expect(await store.list('')).toEqual(['v=1/deep/part']);
  await store.delete('v=1');
  expect(await store.list('')).toEqual([]);
  expect(await azurite.names({ settings })).toEqual([]);
});
