import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ColumnType, DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { relationsOf } from '#lib/domain/task/relations.ts';
import { LandingSettings } from '#lib/domain/task/task.ts';
import { createSharedDatabase } from '#lib/platform/testing/database.ts';
import { PublishGroup } from '#lib/reload/engine/publish-group.ts';
import { fakeDataset, temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { landingDatabase } from '#lib/targets/built-in.ts';
import { dropTables } from '#lib/targets/postgres/landed/drop-tables.ts';
import { tableDdl } from '#lib/targets/postgres/landed/table-ddl.ts';
import { serverOfUrl } from '#lib/targets/postgres/server.ts';
import { reloadInto } from '#lib/targets/testing/reload-into.ts';

type Row = Readonly<Record<string, unknown>>;

function entity(name: string, type: string, columns: Record<string, ColumnType> = {}): DatasetDefinition {
  const made = fakeDataset({ id: 'string', displayName: 'string', ...columns }, { name });
  return { ...made, path: `/${name}`, entityType: `microsoft.graph.${type}` };
}

const GROUPS = entity('groups', 'group');
const USERS = entity('users', 'user', { userPrincipalName: 'string' });
const MEMBERS: DatasetDefinition = {
  ...fakeDataset(
    { '@parent.id': 'string', id: 'string', displayName: 'string' },
    { name: 'group_members', key: ['@parent.id', 'id'] },
  ),
  kind: 'relationship',
  path: '/groups/{id}/members',
  entityType: 'microsoft.graph.directoryObject',
  parent: { path: '/groups', column: 'parent_id' },
  read: { ...GROUPS.read, countable: false },
};
const DATASETS = [MEMBERS, USERS, GROUPS];

const FIRST: Readonly<Record<string, readonly Row[]>> = {
  groups: [{ id: 'g', displayName: 'Finance' }],
  users: [{ id: 'u', displayName: 'Ada', userPrincipalName: 'ada@contoso.test' }],
  // `x` is an object that the task does not land, and the group of `y` has none.
  group_members: [
    { '@parent.id': 'g', id: 'u', displayName: 'Ada' },
    { '@parent.id': 'g', id: 'x', displayName: null },
    { '@parent.id': 'gone', id: 'y', displayName: null },
  ],
};

let url = '';
let client: pg.Client;
let drop: () => Promise<void>;
beforeAll(async () => {
  const made = await createSharedDatabase();
  ({ url, drop } = made);
  client = new pg.Client({ connectionString: url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await drop();
});

const query = async (sql: string): Promise<Row[]> => (await client.query(sql)).rows;

function createTask(method: 'full-load' | 'reload-and-compare', schema: string, more: Partial<LandingSettings> = {}) {
  const wanted = { relationKeys: 'foreign-keys', relationshipViews: true, deleteShareMax: 1 } as const;
  const settings = LandingSettings.parse({ schema, ...wanted, ...more });
  const task = { method, targetId: 'targ_22222222222222222222', settings } as const;
  const folder = temporaryFolder();
  const run = async (runId: string, rows: Readonly<Record<string, readonly Row[]>>, datasets = DATASETS, over = task) => {
    const group =
      settings.publish === 'together'
        ? new PublishGroup({ open: new Map(datasets.map(({ name }) => [name, name])), failed: [] })
        : null;
    const reload = (dataset: DatasetDefinition) =>
      reloadInto({
        ...{
          task: over,
          dataset,
          runId,
          access: landingDatabase(url),
          relations: relationsOf(datasets.length > 1 ? datasets : DATASETS, over),
        },
        source: { pages: [[...(rows[dataset.name] ?? [])]] },
        stageDir: join(folder, runId, dataset.name),
        ...(group === null ? {} : { group }),
      });
    const reports = await Promise.all(datasets.map(reload));
    expect(reports.map(({ state, problem }) => [state, problem])).toEqual(datasets.map(() => ['done', null]));
    return reports.flatMap(({ notes }) => notes);
  };
  const keys = () =>
    query(
      `SELECT conname, pg_get_constraintdef(oid) AS def FROM pg_constraint WHERE contype = 'f' AND connamespace = '${schema}'::regnamespace`,
    );
  const view = () =>
    query(`SELECT "parent_displayName" AS parent, "object_displayName" AS object, "object_userPrincipalName" AS upn, id
      FROM ${schema}.group_members__view ORDER BY id`);
  return { task, run, keys, view };
}

const KEY = [
  { conname: 'group_members_parent_id_fkey', def: expect.stringMatching(/REFERENCES .*groups\(id\) NOT (ENFORCED|VALID)$/) },
];
const VIEW = [
  { parent: 'Finance', object: 'Ada', upn: 'ada@contoso.test', id: 'u' },
  { parent: 'Finance', object: null, upn: null, id: 'x' },
  { parent: null, object: null, upn: null, id: 'y' },
];

describe.each([
  ['full-load', 'each'],
  ['full-load', 'together'],
  ['reload-and-compare', 'each'],
  ['reload-and-compare', 'together'],
] as const)('%s, published %s: relations in the database', (method, publish) => {
  const schema = `s_${method.slice(0, 4)}_${publish}`;

  it('are there after the first run, with rows that dangle, and stay with what was granted on the view', async () => {
    const { run, keys, view } = createTask(method, schema, { publish });
    expect(await run('run_1', FIRST)).toEqual([]);
    expect([await keys(), await view()]).toEqual([KEY, VIEW]);
    const about = `SELECT col_description('${schema}.group_members'::regclass, attnum) AS text FROM pg_attribute
      WHERE attrelid = '${schema}.group_members'::regclass AND attname = 'parent_id'`;
    expect(await query(about)).toEqual([{ text: 'Entrada: refers to groups.id' }]);
    await client.query(`GRANT SELECT ON ${schema}.group_members__view TO pg_monitor`);
    // Parents, objects and members change, go and come.
    const groups = [
      { id: 'g', displayName: 'Money' },
      { id: 'h', displayName: 'New' },
    ];
    await run('run_2', { ...FIRST, groups, users: [], group_members: [{ '@parent.id': 'h', id: 'u', displayName: 'Ada' }] });
    expect([await keys(), await view()]).toEqual([KEY, [{ parent: 'New', object: null, upn: null, id: 'u' }]]);
    expect(await query(`SELECT has_table_privilege('pg_monitor', '${schema}.group_members__view', 'SELECT') AS may`)).toEqual([
      { may: true },
    ]);
  });

  it('follow one dataset that is reloaded by itself, go when the task wants them no more, and go with the tables', async () => {
    const { task, run, keys, view } = createTask(method, `${schema}_2`, { publish });
    await run('run_1', FIRST);
    await run('run_2', { groups: [{ id: 'g', displayName: 'Money' }] }, [GROUPS]);
    expect(await keys()).toEqual(KEY);
    expect((await view())[0]).toEqual({ ...VIEW[0], parent: 'Money' });
    const off = { ...task, settings: { ...task.settings, relationKeys: 'none', relationshipViews: false } } as typeof task;
    await run('run_3', FIRST, [GROUPS], off);
    expect(await keys()).toEqual([]);
    expect(await query(`SELECT to_regclass('${schema}_2.group_members__view') AS view`)).toEqual([{ view: null }]);
    await run('run_4', FIRST);
    const tables = DATASETS.map(({ name }) => name);
    await dropTables(serverOfUrl(url), { schema: `${schema}_2`, tables: ['groups'] }, new AbortController().signal);
    expect(await keys()).toEqual([]);
    await dropTables(serverOfUrl(url), { schema: `${schema}_2`, tables }, new AbortController().signal);
    expect(
      await query(`SELECT relname FROM pg_class WHERE relnamespace = '${schema}_2'::regnamespace AND relkind IN ('r', 'v')`),
    ).toEqual([]);
  });
});

it('a column that the task drops leaves the view without it', async () => {
  const { run, view } = createTask('reload-and-compare', 's_drop', {
    drift: { new: 'add', lost: 'drop', retyped: 'widen', renamed: 'add' },
  });
  await run('run_1', FIRST);
  const nameless = { ...USERS, columns: USERS.columns.filter(({ name }) => name !== 'displayName') };
  await run('run_2', FIRST, [MEMBERS, nameless, GROUPS]);
  expect((await view())[0]).toEqual({ ...VIEW[0], object: null });
});

it('foreign keys that are enforced, as before PostgreSQL 18, are made anew around each change of rows', async () => {
  const { run, keys } = createTask('reload-and-compare', 's_enforced');
  await run('run_1', { ...FIRST, group_members: FIRST['group_members']?.slice(0, 1) ?? [] });
  const key = 'ALTER TABLE s_enforced.group_members';
  await client.query(`${key} DROP CONSTRAINT group_members_parent_id_fkey; ${key} ADD CONSTRAINT group_members_parent_id_fkey
    FOREIGN KEY (parent_id) REFERENCES s_enforced.groups (id);
    COMMENT ON CONSTRAINT group_members_parent_id_fkey ON s_enforced.group_members IS 'Entrada: of an earlier server'`);
  await run('run_2', FIRST, [MEMBERS]);
  expect(await keys()).toEqual(KEY);
});

it('a view of somebody else with the name stays, and a note says so', async () => {
  const { run } = createTask('full-load', 's_theirs');
  await client.query('CREATE SCHEMA s_theirs; CREATE VIEW s_theirs.group_members__view AS SELECT 1 AS one');
  expect((await run('run_1', FIRST)).join()).toContain('group_members__view was not created: another object has this name');
  expect(await query('SELECT * FROM s_theirs.group_members__view')).toEqual([{ one: 1 }]);
});

it('the statements before the first run have the foreign keys and the views, and can be executed', async () => {
  const { task, view } = createTask('full-load', 's_ddl');
  await client.query(tableDdl(DATASETS, task) ?? '');
  expect(await view()).toEqual([]);
});
