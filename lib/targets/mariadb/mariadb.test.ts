import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TargetAccess } from '#lib/domain/target/target.ts';
import { LandingSettings } from '#lib/domain/task/task.ts';
import { fakeDataset } from '#lib/reload/testing/fake-source.ts';
import { LOCAL_RULES } from '#lib/targets/testing/local-rules.ts';
import { NO_RULES, type ReloadInto, reloadInto } from '#lib/targets/testing/reload-into.ts';
import { mariadb } from './index.ts';
import { roleSql } from './rights.ts';
import { tableName } from './table/names.ts';
import { findMariadbd, type MariadbServer, startMariadb } from './testing/mariadb-server.ts';

const mariadbd = findMariadbd();
const PASSWORD = 'a password of its own';
const USERS = fakeDataset({ id: 'string', name: 'string', at: 'dateTimeOffset' }, { name: 'users' });
const signal = new AbortController().signal;

describe.skipIf(mariadbd === null)('MariaDB', () => {
  let server: MariadbServer;
  beforeAll(async () => {
    server = await startMariadb(mariadbd ?? '');
  }, 180_000);
  afterAll(() => server.stop());

  async function createTarget(settings: Partial<LandingSettings> = {}, method: 'full-load' | 'reload-and-compare' = 'full-load') {
    const database = await server.createDatabase();
    const access = server.access(database);
    const task = {
      method,
      targetId: 'targ_22222222222222222222',
      settings: LandingSettings.parse({ schema: 'hr', ...settings }),
    } as const;
    const load = (runId: string, rows: readonly object[], more: Partial<ReloadInto> = {}) =>
      reloadInto({ access, task, dataset: USERS, runId, source: { pages: [rows as never] }, rules: LOCAL_RULES, ...more });
    const query = async (sql: string) => {
      const connection = await server.connect(database);
      try {
        return (await connection.query(sql))[0] as Record<string, unknown>[];
      } finally {
        await connection.end();
      }
    };
    return { database, access, task, load, query };
  }

  it('the test names each right that the user lacks; with the least-rights SQL it passes, and both methods land', async () => {
    const { database, task, query } = await createTarget();
    const user = `least_${database}`;
    const least: TargetAccess = server.access(database, { user }, PASSWORD);
    await query(`CREATE USER ${user} IDENTIFIED BY '${PASSWORD}'; GRANT SELECT, INSERT ON ${database}.* TO ${user}`);
    const test = (target = least, rules = LOCAL_RULES) => mariadb.test(target, rules, signal);
    const lacking = await test();
    const missing = 'UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, CREATE TEMPORARY TABLES, TRIGGER';
    expect(lacking.checks).toMatchObject([
      { name: 'connect', passed: true },
      { name: 'rights', passed: false, detail: `The user ${user} lacks ${missing}.` },
    ]);
    const remedy = lacking.checks[1]?.remedy ?? '';
    expect(remedy).toContain(`GRANT ${missing} ON \`${database}\`.* TO '${user}'@'%';`);
    await query(`DROP USER ${user}`);
    await query(roleSql({ ...(least.settings as Parameters<typeof roleSql>[0]) }).replaceAll('<password>', PASSWORD));
    expect(await test()).toMatchObject({
      passed: true,
      checks: [{ detail: expect.stringContaining('MariaDB') }, {}, { name: 'load' }],
    });
    expect(await query('SHOW TABLES')).toEqual([]);
    for (const [method, schema] of [
      ['full-load', 'fl'],
      ['reload-and-compare', 'rc'],
    ] as const) {
      const own = { ...task, method, settings: { ...task.settings, schema, history: true } };
      for (const runId of ['run_1', 'run_2']) {
        const source = { pages: [[{ id: runId }]] };
        const input = { access: least, task: own, dataset: USERS, runId, source, rules: LOCAL_RULES, deletesConfirmed: true };
        expect(await reloadInto(input)).toMatchObject({ state: 'done', problem: null });
      }
    }
    const wrong = await test({ ...least, secrets: { password: 'wrong' } });
    expect(wrong).toMatchObject({ passed: false, checks: [{ detail: 'The database refused the sign-in.' }] });
    expect(JSON.stringify(await test(least, NO_RULES))).toContain('ENTRADA_TARGET_NETWORKS');
  });

  it('keys that differ in case, accents or trailing spaces are different rows, and times keep microseconds in UTC', async () => {
    const { load, query } = await createTarget({}, 'reload-and-compare');
    const rows = ['a', 'A', 'ä', 'a '].map((id) => ({ id, at: '2026-03-29T02:30:00.123456Z' }));
    expect(await load('run_1', rows)).toMatchObject({ state: 'done', problem: null, counts: { inserted: 4 } });
    expect(await query('SELECT COUNT(*) AS n, MIN(CAST(`at` AS CHAR)) AS t FROM hr_users')).toEqual([
      { n: 4, t: '2026-03-29 02:30:00.123456' },
    ]);
    expect(await load('run_2', rows)).toMatchObject({ counts: { inserted: 0, updated: 0, deleted: 0, unchanged: 4 } });
  });

  it('a load replaces the rows in place where a trigger, an index or a foreign key of people would go with the table', async () => {
    const { load, query } = await createTarget();
    await load('run_1', [{ id: 'a', name: 'old' }, { id: 'b' }]);
    await query('CREATE INDEX people ON hr_users (name(20))');
    const report = await load('run_2', [{ id: 'a', name: 'new' }]);
    expect(report).toMatchObject({ state: 'done', counts: { inserted: 1, deleted: 2 } });
    expect(report.notes.join()).toContain('the index people');
    expect(await query('SELECT id, name FROM hr_users FORCE INDEX (people) WHERE name > ""')).toEqual([{ id: 'a', name: 'new' }]);
  });

  it('appended rows are beside those of before, also those with the same key', async () => {
    const { load, query } = await createTarget({ whenTableExists: 'append' });
    for (const runId of ['run_1', 'run_2', 'run_2'])
      expect(await load(runId, [{ id: 'a', name: runId }])).toMatchObject({ state: 'done' });
    expect(await query('SELECT name, hdr__run_id AS run FROM hr_users ORDER BY 1')).toEqual([
      { name: 'run_1', run: 'run_1' },
      { name: 'run_2', run: 'run_2' },
    ]);
  });

  it('values that do not fit stop the load, although LOAD DATA LOCAL would only warn', async () => {
    const { load, query } = await createTarget();
    await load('run_1', [{ id: 'a' }]);
    const report = await load('run_2', [{ id: 'x'.repeat(300) }]);
    expect(report).toMatchObject({ state: 'failed', problem: { code: 'landing-value-refused', detail: 'id' } });
    expect(await query('SELECT id FROM hr_users')).toEqual([{ id: 'a' }]);
    expect(await query("SHOW TABLES LIKE 'entrada%new'")).toEqual([]);
  });

  it('what a run changed is read back, and a reload that waits for another one on the table says so', async () => {
    const { access, task, load } = await createTarget({}, 'reload-and-compare');
    await load('run_1', [{ id: 'a', name: 'x' }, { id: 'b' }]);
    await load('run_2', [{ id: 'a', name: 'y' }, { id: 'c' }]);
    const filter = { runId: 'run_2', operation: null, limit: 10 };
    const { changes, total } = await mariadb.readChanges(access, LOCAL_RULES, { task, dataset: USERS, filter });
    expect([total, changes.map(({ operation, key, changedColumns }) => [operation, key, changedColumns])]).toEqual([
      3,
      [
        ['delete', 'b', []],
        ['insert', 'c', []],
        ['update', 'a', ['name']],
      ],
    ]);
    expect(changes[2]).toMatchObject({ before: { id: 'a', name: 'x', at: null }, after: { id: 'a', name: 'y', at: null } });
    const first = await mariadb.readChanges(access, LOCAL_RULES, { task, dataset: USERS, filter: { ...filter, runId: 'run_1' } });
    expect(first).toMatchObject({ total: 2, loaded: 2 });
  });

  it('tables are dropped with those beside them, and a run begins anew', async () => {
    const { access, task, load, query } = await createTarget({ history: true }, 'reload-and-compare');
    await load('run_1', [{ id: 'a' }]);
    const dropped = await mariadb.drop?.(access, LOCAL_RULES, { task, tables: ['users'], signal });
    expect(dropped).toEqual(['hr_users', 'hr_users__ct', 'hr_users__history']);
    expect(await query("SHOW TABLES LIKE 'hr%'")).toEqual([]);
    expect(await load('run_2', [{ id: 'a' }])).toMatchObject({ state: 'done', counts: { inserted: 1 } });
  });
});

it('a name of any length becomes one of 64 characters, with room for what belongs to it, and stays the same', () => {
  const long = tableName({ prefix: '{schema}_' }, 's'.repeat(63), 'users');
  expect(long).toHaveLength(54);
  expect(tableName({ prefix: '{schema}_' }, 's'.repeat(63), 'groups')).not.toBe(long);
  expect(tableName({ prefix: '' }, 'hr', 'users')).toBe('users');
});
