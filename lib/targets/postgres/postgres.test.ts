import pg from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { TargetAccess } from '#lib/domain/target/target.ts';
import { LandingSettings } from '#lib/domain/task/task.ts';
import { parseNetwork } from '#lib/platform/http/networks.ts';
import { createEmptyDatabase } from '#lib/platform/testing/database.ts';
import { fakeDataset } from '#lib/reload/testing/fake-source.ts';
import type { TargetRules } from '#lib/targets/target.ts';
import { NO_RULES, reloadInto } from '#lib/targets/testing/reload-into.ts';
import { postgres } from './index.ts';
import { roleSql } from './rights.ts';
import { PostgresSettings } from './settings.ts';
import { fullLoadTask } from './testing/full-load-task.ts';

const HERE: TargetRules = { ...NO_RULES, networks: ['127.0.0.0/8', '::1'].flatMap((text) => parseNetwork(text) ?? []) };
const PASSWORD = 'a password of its own';

/** A database, and a role with no right except to connect. */
async function createServer() {
  const url = new URL(await createEmptyDatabase());
  const admin = new pg.Client({ connectionString: url.toString() });
  await admin.connect();
  const database = url.pathname.slice(1);
  const user = `role_${database}`;
  await admin.query(`CREATE ROLE ${user} LOGIN PASSWORD '${PASSWORD}'; REVOKE ALL ON DATABASE ${database} FROM PUBLIC;
    GRANT CONNECT ON DATABASE ${database} TO ${user}`);
  onTestFinished(async () => {
    await admin.query(`DROP OWNED BY ${user}; DROP ROLE ${user}`);
    await admin.end();
  });
  const settings = { host: url.hostname, port: Number(url.port), database, user, tls: 'disable', caPem: '' };
  const access = (more: object = {}, password = PASSWORD): TargetAccess => ({
    ...{ kind: 'postgres', settings: { ...settings, ...more }, secrets: { password }, builtIn: false },
  });
  const test = (target = access(), rules = HERE) => postgres.test(target, rules, new AbortController().signal);
  return { admin, database, user, access, test };
}

describe('the test of a PostgreSQL target', () => {
  it('names each right that the role lacks, with the statement that grants it, and passes once they are granted', async () => {
    const { admin, test } = await createServer();
    const lacking = await test();
    expect(lacking.checks.map(({ name, passed }) => [name, passed])).toEqual([
      ['connect', true],
      ['create-schemas', false],
      ['temporary-tables', false],
      ['staging-schema', false],
    ]);
    for (const { remedy } of lacking.checks) {
      if (remedy !== null) await admin.query(remedy.slice(remedy.indexOf(': ') + 1));
    }
    expect(await test()).toMatchObject({
      passed: true,
      checks: [{ detail: expect.stringMatching(/^PostgreSQL \d+/) }, {}, {}, {}],
    });
  });

  it('names CONNECT where the role may not use the database at all', async () => {
    const { admin, database, user, test } = await createServer();
    await admin.query(`REVOKE CONNECT ON DATABASE ${database} FROM ${user}`);
    const { passed, checks } = await test();
    expect(passed).toBe(false);
    expect(checks).toMatchObject([{ remedy: expect.stringContaining(`GRANT CONNECT ON DATABASE "${database}" TO "${user}";`) }]);
  });

  it('names what is missing of the staging schema alone', async () => {
    const { admin, database, user, test } = await createServer();
    await admin.query(`GRANT TEMPORARY ON DATABASE ${database} TO ${user}; CREATE SCHEMA hr; GRANT ALL ON SCHEMA hr TO ${user};
      CREATE SCHEMA entrada_staging; GRANT USAGE ON SCHEMA entrada_staging TO ${user}`);
    expect((await test()).checks.filter(({ passed }) => !passed)).toMatchObject([
      { name: 'staging-schema', remedy: expect.stringContaining(`GRANT CREATE ON SCHEMA entrada_staging TO "${user}";`) },
    ]);
  });

  it('says what is wrong with password, database, port, TLS or network, and never the password', async () => {
    const { access, test } = await createServer();
    const found = async (target: TargetAccess, rules = HERE) => {
      const { passed, checks } = await test(target, rules);
      expect(passed).toBe(false);
      expect(JSON.stringify(checks)).not.toContain(PASSWORD);
      return `${checks[0]?.detail} ${checks[0]?.remedy}`;
    };
    expect(await found(access({}, 'wrong'))).toMatch(/refused the sign-in.*password/);
    expect(await found(access({ database: 'nowhere' }))).toMatch(/refused the sign-in|does not exist/);
    expect(await found(access({ port: 1 }))).toMatch(/ECONNREFUSED.*firewall/);
    expect(await found(access({ tls: 'require' }))).toMatch(/TLS|SSL/);
    expect(await found(access(), NO_RULES)).toMatch(/ENTRADA_TARGET_NETWORKS/);
    expect(await found(access({ host: 'localhost' }), NO_RULES)).toMatch(/ENTRADA_TARGET_NETWORKS/);
  });
});

it('the role of the least-rights SQL passes the test, and reloads of both methods land in its schema', async () => {
  const { admin, database, access, test } = await createServer();
  const user = `least_${database}`;
  onTestFinished(async () => {
    await admin.query(`DROP OWNED BY ${user}; DROP ROLE ${user}`);
  });
  const settings = PostgresSettings.parse({ host: 'db.example.com', database, user, tls: 'disable' });
  await admin.query(roleSql(settings).replaceAll('<password>', PASSWORD).replaceAll('<schema>', 'hr'));
  const least = access({ user });
  expect(await test(least)).toMatchObject({ passed: true, checks: [{}, { detail: expect.stringContaining('hr') }, {}, {}] });
  const dataset = fakeDataset({ id: 'string' });
  for (const [method, name] of [
    ['reload-and-compare', 'compared'],
    ['full-load', 'loaded'],
  ] as const) {
    const task = { method, targetId: 'targ_44444444444444444444', settings: LandingSettings.parse({ schema: 'hr' }) } as const;
    const run = (runId: string) =>
      reloadInto({ access: least, task, dataset: { ...dataset, name }, runId, source: { pages: [[{ id: 'a' }]] }, rules: HERE });
    expect(await run('run_1')).toMatchObject({ state: 'done', problem: null });
    expect(await run('run_2')).toMatchObject({ state: 'done', problem: null });
  }
});

it('a right that is taken from the role between two runs is said, leaves what was landed, and the next run heals', async () => {
  const { admin, user, access, test } = await createServer();
  await admin.query(
    roleSql(PostgresSettings.parse(access().settings))
      .replace(/CREATE ROLE[^;]*;/, '')
      .replaceAll('<schema>', 'hr'),
  );
  const task = fullLoadTask();
  const dataset = fakeDataset({ id: 'string' });
  const run = (runId: string, id: string) =>
    reloadInto({ access: access(), task, dataset, runId, source: { pages: [[{ id }]] }, rules: HERE });
  const landed = async () => (await admin.query(`SELECT id FROM hr.users`)).rows;
  expect(await run('run_1', 'a')).toMatchObject({ state: 'done', problem: null });
  await admin.query(`REVOKE CREATE ON SCHEMA entrada_staging FROM ${user}`);
  expect(await run('run_2', 'b')).toMatchObject({
    ...{
      state: 'failed',
      problem: { code: 'landing-forbidden', remedy: expect.stringContaining('The test of the target names') },
    },
  });
  expect(await landed()).toEqual([{ id: 'a' }]);
  const [missing] = (await test()).checks.filter(({ passed }) => !passed);
  await admin.query(missing?.remedy?.slice(missing.remedy.indexOf(': ') + 1) ?? '');
  expect(await run('run_3', 'b')).toMatchObject({ state: 'done', problem: null });
  expect(await landed()).toEqual([{ id: 'b' }]);
});

it('a reload lands where a person pointed, as the role with those rights and no more', async () => {
  const { admin, database, user, access } = await createServer();
  await admin.query(`GRANT CREATE, TEMPORARY ON DATABASE ${database} TO ${user}`);
  const dataset = fakeDataset({ id: 'string' });
  for (const method of ['reload-and-compare', 'full-load'] as const) {
    const task = {
      method,
      targetId: 'targ_44444444444444444444',
      settings: LandingSettings.parse({ schema: method.slice(0, 4) }),
    } as const;
    const source = { pages: [[{ id: 'a' }]] };
    expect(await reloadInto({ access: access(), task, dataset, runId: `run_${method}`, source, rules: HERE })).toMatchObject({
      state: 'done',
      problem: null,
    });
    const page = { offset: 0, limit: 1 };
    expect(await postgres.readRows(access(), HERE, { task, dataset, page })).toMatchObject({ total: 1 });
  }
});

it('a reload into a network that is not allowed connects to nothing', async () => {
  const { access } = await createServer();
  const task = fullLoadTask();
  const report = await reloadInto({
    ...{ access: access(), task, dataset: fakeDataset({ id: 'string' }), runId: 'run_1', source: { pages: [[{ id: 'a' }]] } },
  });
  expect(report).toMatchObject({ state: 'failed', problem: { code: 'target-host-refused' } });
});

it('a person enters a password, and no connection string past the rules', () => {
  const settings = { host: 'db.example.com', database: 'd', user: 'u' };
  const secrets = { password: 'x', url: 'postgres://127.0.0.1/d', readerUrl: null };
  expect(postgres.parse({ settings, secrets }).secrets).toEqual({ clientSecret: '', certificatePem: '', password: 'x' });
  expect(() => postgres.parse({ settings, secrets: { url: secrets.url, readerUrl: null } })).toThrow('password');
});

it('one server by several names of this machine has one address; another port or host has another', () => {
  const addressOf = (host: string, port = 5432) =>
    postgres.address({ host, port, database: 'd', user: 'u', tls: 'disable', caPem: '' }, 'hr');
  const here = addressOf('localhost');
  expect(['LOCALHOST', '127.0.0.1', '::1'].map((host) => addressOf(host))).toEqual([here, here, here]);
  expect(addressOf('localhost', 5433)).not.toBe(here);
  expect(addressOf('db.example.com')).not.toBe(here);
});
