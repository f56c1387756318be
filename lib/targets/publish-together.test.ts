import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { TargetAccess } from '#lib/domain/target/target.ts';
import { LakeSettings, LandingSettings, type TaskTarget } from '#lib/domain/task/task.ts';
import { createEmptyDatabase } from '#lib/platform/testing/database.ts';
import { JobLeaseLostError } from '#lib/reload/engine/job-lease-lost.ts';
import type { DatasetReport } from '#lib/reload/engine/ports.ts';
import { PublishGroup } from '#lib/reload/engine/publish-group.ts';
import { type FakeSourceOptions, fakeDataset, temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { landingDatabase, localLake } from '#lib/targets/built-in.ts';
import { findTargetModule } from '#lib/targets/registry.ts';
import { NO_RULES, reloadInto } from '#lib/targets/testing/reload-into.ts';

const GROUPS = fakeDataset({ id: 'string', name: 'string' }, { name: 'groups' });
const MEMBERS = fakeDataset({ group: 'string', member: 'string' }, { name: 'group_members', key: ['group', 'member'] });
const DATASETS = [GROUPS, MEMBERS];

const CLASS = { targetId: 'targ_22222222222222222222' } as const;
const landing = LandingSettings.parse({ schema: 'hr', publish: 'together', deleteShareMax: 1 });
const TARGETS = {
  'PostgreSQL, full load': { method: 'full-load', settings: landing, ...CLASS },
  'PostgreSQL, reload and compare': { method: 'reload-and-compare', settings: landing, ...CLASS },
  'DuckDB file': { method: 'full-load', settings: landing, ...CLASS },
  'files in a folder': { method: 'reload', settings: LakeSettings.parse({ folder: 'hr', publish: 'together' }), ...CLASS },
} as const satisfies Record<string, TaskTarget>;

type Name = keyof typeof TARGETS;

async function accessOf(name: Name): Promise<TargetAccess> {
  if (name === 'DuckDB file') return { kind: 'duckdb-file', settings: { path: temporaryFolder() }, secrets: null, builtIn: true };
  return name === 'files in a folder' ? localLake(temporaryFolder()) : landingDatabase(await createEmptyDatabase());
}

const NOTHING_TO_DO = (): void => undefined;

/** Runs both datasets of a task as one group. */
async function createTask(name: Name) {
  const [task, access, work] = [TARGETS[name], await accessOf(name), temporaryFolder()];
  const read = async (dataset: DatasetDefinition): Promise<string[]> => {
    try {
      const rows = await findTargetModule(access.kind).readRows(access, NO_RULES, {
        task,
        dataset,
        page: { offset: 0, limit: 10 },
      });
      return rows.rows.map((row) => row.slice(0, 2).join(' '));
    } catch {
      return [];
    }
  };
  const run = async (
    runId: string,
    sources: Readonly<Record<string, FakeSourceOptions>>,
    { signal = new AbortController().signal, onJoin = NOTHING_TO_DO } = {},
  ): Promise<Record<string, DatasetReport>> => {
    const group = new PublishGroup({ open: new Map(DATASETS.map((one) => [one.name, one.name])), failed: [] });
    const joinGroup = group.join.bind(group);
    group.join = (id, dataset) => {
      const published = joinGroup(id, dataset);
      onJoin();
      return published;
    };
    const reload = async (dataset: DatasetDefinition) => {
      const source = sources[dataset.name] ?? { pages: [] };
      const report = await reloadInto({
        access,
        task,
        dataset,
        runId,
        source,
        signal,
        group,
        stageDir: join(work, runId, dataset.name),
      });
      group.ended(dataset.name, report.state === 'done');
      return [dataset.name, report] as const;
    };
    return Object.fromEntries(await Promise.all(DATASETS.map(reload)));
  };
  const landed = async () => ({ groups: await read(GROUPS), members: await read(MEMBERS) });
  return { access, run, landed, work };
}

const FIRST = {
  groups: { pages: [[{ id: 'a', name: 'Ada' }]] },
  group_members: { pages: [[{ group: 'a', member: 'x' }]] },
} as const;
const SECOND = {
  groups: {
    pages: [
      [
        { id: 'a', name: 'Ada' },
        { id: 'b', name: 'Bea' },
      ],
    ],
  },
  group_members: { pages: [[{ group: 'b', member: 'x' }]] },
} as const;
const FIRST_LANDED = { groups: ['a Ada'], members: ['a x'] };
const SECOND_LANDED = { groups: ['a Ada', 'b Bea'], members: ['b x'] };

describe.each(Object.keys(TARGETS) as Name[])('all datasets of a run at once: %s', (name) => {
  it('shows no dataset before the last one has been read', async () => {
    const { run, landed } = await createTask(name);
    let seen: unknown;
    const beforePage = async (): Promise<void> => {
      seen = await landed();
    };
    await run('run_1', FIRST);
    expect(await landed()).toEqual(FIRST_LANDED);
    const reports = await run('run_2', { ...SECOND, group_members: { ...SECOND.group_members, beforePage } });
    expect(seen).toEqual(FIRST_LANDED);
    expect(reports).toMatchObject({ groups: { state: 'done' }, group_members: { state: 'done' } });
    expect(await landed()).toEqual(SECOND_LANDED);
  });

  it('publishes nothing when one dataset fails, and says of the others that they were read', async () => {
    const { run, landed, work } = await createTask(name);
    await run('run_1', FIRST);
    const fails = () => {
      throw new Error('no more');
    };
    const reports = await run('run_2', { ...SECOND, group_members: { ...SECOND.group_members, beforePage: fails } });
    expect(reports['groups']).toMatchObject({
      state: 'failed',
      counts: { rowsRead: 2, inserted: 0 },
      problem: {
        code: 'not-published-together',
        title: 'groups was read, but not published, because group_members could not be published.',
      },
    });
    expect(reports['group_members']).toMatchObject({ state: 'failed', problem: { code: 'internal' } });
    expect(await landed()).toEqual(FIRST_LANDED);
    expect(readdirSync(join(work, 'run_2'))).toEqual([]);
  });

  it('goes on from what was staged after its process died, without reading it again', async () => {
    const { run, landed } = await createTask(name);
    const [lost, joined] = [new AbortController(), Promise.withResolvers<void>()];
    const beforePage = () => joined.promise.then(() => lost.abort(new JobLeaseLostError()));
    const dies = { ...SECOND, group_members: { ...SECOND.group_members, beforePage } };
    await run('run_1', dies, { signal: lost.signal, onJoin: joined.resolve });
    expect(await landed()).toEqual({ groups: [], members: [] });
    const unread = () => {
      throw new Error('read again');
    };
    const reports = await run('run_1', { ...SECOND, groups: { ...SECOND.groups, beforePage: unread } });
    expect(reports).toMatchObject({ groups: { state: 'done' }, group_members: { state: 'done' } });
    expect(await landed()).toEqual(SECOND_LANDED);
    // Dead after the publish, before the report.
    expect(await run('run_1', FIRST)).toMatchObject({ groups: { state: 'done', counts: { inserted: 2 } } });
    expect(await landed()).toEqual(SECOND_LANDED);
  });
});

async function queryOf({ secrets }: TargetAccess) {
  const client = new pg.Client({ connectionString: (secrets as { url: string }).url });
  await client.connect();
  onTestFinished(() => client.end());
  return async (sql: string) => (await client.query(sql)).rows;
}

it('commits all datasets in one transaction, and leaves nothing in the staging schema', async () => {
  const { access, run } = await createTask('PostgreSQL, full load');
  await run('run_1', FIRST);
  const rows = await queryOf(access);
  expect(
    await rows('SELECT count(DISTINCT published_at)::int AS times, count(*)::int AS records FROM entrada_staging.published'),
  ).toEqual([{ times: 1, records: 2 }]);
  expect(await rows(`SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 's\\_%'`)).toEqual([]);
});

it('publishes although a reader of its tables locks it out', async () => {
  const { access, run, landed } = await createTask('PostgreSQL, full load');
  await run('run_1', FIRST);
  const [reader, other] = [await queryOf(access), await queryOf(access)];
  await reader('BEGIN; SELECT FROM hr.groups');
  const publishing = run('run_2', SECOND);
  const waits = `SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'hr.groups'::regclass`;
  await vi.waitFor(async () => expect(await other(waits)).toHaveLength(1), { timeout: 20_000, interval: 20 });
  // The publish has the other table by now: the server ends one of the two, and the publish is tried again.
  await reader('SELECT FROM hr.group_members; COMMIT').catch(() => reader('ROLLBACK'));
  expect(await publishing).toMatchObject({ groups: { state: 'done' }, group_members: { state: 'done' } });
  expect(await landed()).toEqual(SECOND_LANDED);
});

it('lets a refused publish of one dataset hold back the others', async () => {
  const { access, run, landed } = await createTask('PostgreSQL, reload and compare');
  const rows = await queryOf(access);
  await rows('CREATE SCHEMA hr; CREATE TABLE hr.groups (theirs int)');
  expect(await run('run_1', SECOND)).toMatchObject({
    groups: { problem: { code: 'table-not-ours' } },
    group_members: { problem: { code: 'not-published-together' } },
  });
  expect(await landed()).toEqual({ groups: [], members: [] });
  expect(await rows(`SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 's\\_%'`)).toEqual([]);
});

it('writes every version of a lake before any `latest` is moved', async () => {
  const { access, run } = await createTask('files in a folder');
  const { path } = access.settings as { path: string };
  await run('run_1', FIRST);
  const fails = { ...SECOND, group_members: { pages: ['not JSON'] } };
  await run('run_2', fails);
  expect(readdirSync(join(path, 'hr', 'groups')).filter((file) => file.startsWith('v='))).toHaveLength(1);
  expect(readFileSync(join(path, 'hr', 'groups', 'latest'), 'utf8')).toContain('run_1');
  expect(existsSync(join(path, 'hr', 'group_members', 'latest'))).toBe(true);
});
