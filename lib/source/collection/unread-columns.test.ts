import { Client } from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { buildDatasets } from '#lib/catalog/datasets/build-datasets.ts';
import { graphModel } from '#lib/catalog/testing/graph-csdl.ts';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { LandingSettings, type TaskTarget } from '#lib/domain/task/task.ts';
import { createGraphRig } from '#lib/emulator/graph/testing/graph-rig.ts';
import { runDatasetReload } from '#lib/executor/reload.ts';
import { createEmptyDatabase } from '#lib/platform/testing/database.ts';
import type { DatasetReport } from '#lib/reload/engine/ports.ts';
import { recordingReporter, temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { sourceOf } from '#lib/source/graph-source.ts';
import { rigGraph } from '#lib/source/testing/rig-graph.ts';
import { landingDatabase } from '#lib/targets/built-in.ts';
import { NO_RULES } from '#lib/targets/testing/reload-into.ts';

const [USERS, MEMBERS] = ['users', 'group_members'].map((name) => {
  const found = buildDatasets(graphModel).find((dataset) => dataset.name === name);
  if (found === undefined) throw new Error(`no dataset ${name}`);
  return found;
}) as [DatasetDefinition, DatasetDefinition];
const SIGN_IN = USERS.columns.find(({ sourcePath }) => sourcePath.startsWith('signInActivity'))?.name ?? '';

function selecting(dataset: DatasetDefinition, names: readonly string[]): DatasetDefinition {
  return { ...dataset, columns: dataset.columns.map((column) => ({ ...column, selected: names.includes(column.name) })) };
}

/** Runs of one dataset by reload and compare, each after the other as a task's are. */
async function createRuns(definition: DatasetDefinition, { incremental = false, users = 300 } = {}) {
  const rig = createGraphRig(users);
  onTestFinished(rig.close);
  const { graph, asked } = rigGraph(rig);
  const landingUrl = await createEmptyDatabase();
  const pg = new Client({ connectionString: landingUrl });
  await pg.connect();
  onTestFinished(() => pg.end());
  const settings = LandingSettings.parse({ schema: 'landed', incremental });
  const target: TaskTarget = { method: 'reload-and-compare', targetId: 'targ_1', settings };
  const workDir = temporaryFolder();
  let run = 0;
  let last: DatasetReport | null = null;
  return {
    rig,
    asked,
    query: async (sql: string) => (await pg.query(sql)).rows as Record<string, unknown>[],
    reload: async () => {
      run++;
      last = await runDatasetReload({
        ...{
          source: sourceOf(graph),
          definition,
          target,
          runId: `run_${run}`,
          datasetRunId: `drun_${run}`,
          deletesConfirmed: false,
        },
        ...{
          access: landingDatabase(landingUrl),
          rules: NO_RULES,
          workDir,
          reporter: recordingReporter(),
          signal: new AbortController().signal,
        },
        incremental: { full: false, sourceKey: 'conn_1' },
        unreadBefore: last?.unread ?? [],
        clock: { now: () => new Date(Date.UTC(2026, 10, 25, 0, 0, run)) },
      });
      return last;
    },
  };
}

const LICENCE = { status: 403, code: 'Authentication_RequestFromNonPremiumTenantOrB2CTenant' };

describe('a column that Graph refuses in one run', () => {
  test('sign-in activity: its landed values stay, no update is recorded, and the next good run is done', async () => {
    const { rig, query, reload } = await createRuns(selecting(USERS, ['id', 'displayName', SIGN_IN]));
    expect(await reload()).toMatchObject({ state: 'done' });
    const values = `SELECT id, "${SIGN_IN}" AS at FROM landed.users WHERE "${SIGN_IN}" IS NOT NULL ORDER BY id`;
    const before = await query(values);
    expect(before.length).toBeGreaterThan(100);
    rig.faults.set({ refuseProperties: [{ property: 'signInActivity', ...LICENCE }] });
    const refused = await reload();
    expect(refused).toMatchObject({
      state: 'partial',
      counts: { updated: 0, inserted: 0, deleted: 0 },
      unread: [{ name: SIGN_IN, reason: expect.stringContaining('premium license'), since: '2026-11-25T00:00:02.000Z' }],
    });
    expect(await query(values)).toEqual(before);
    expect((await reload()).unread).toMatchObject([{ since: '2026-11-25T00:00:02.000Z' }]);
    rig.faults.set(null);
    expect(await reload()).toMatchObject({ state: 'done', counts: { updated: 0 }, unread: [] });
    expect(await query(values)).toEqual(before);
    expect(await query(`SELECT 1 FROM landed.users__ct WHERE hdr__operation = 'U'`)).toEqual([]);
  });

  test.each([1, 2, 4])('from request %d on: a column of the list', async (fromRequest) => {
    const { rig, query, reload } = await createRuns(selecting(USERS, ['id', 'displayName', 'jobTitle']));
    await reload();
    const values = `SELECT id, "jobTitle" FROM landed.users ORDER BY id`;
    const before = await query(values);
    rig.faults.set({ pageSizeMax: 40, refuseProperties: [{ property: 'jobTitle', fromRequest, ...LICENCE }] });
    expect(await reload()).toMatchObject({ state: 'partial', counts: { updated: 0 }, unread: [{ name: 'jobTitle' }] });
    expect(await query(values)).toEqual(before);
  });

  test('a column of members: no parent fails, and no member loses its values', async () => {
    const { rig, query, reload } = await createRuns(selecting(MEMBERS, ['group_id', 'id', 'type', 'mail']), { users: 80 });
    expect(await reload()).toMatchObject({ state: 'done' });
    const values = 'SELECT group_id, id, mail FROM landed.group_members ORDER BY group_id, id';
    const before = await query(values);
    rig.faults.set({ refuseProperties: [{ property: 'mail', path: 'members', ...LICENCE }] });
    expect(await reload()).toMatchObject({ state: 'partial', counts: { updated: 0, deleted: 0 }, unread: [{ name: 'mail' }] });
    expect(await query(values)).toEqual(before);
  });
});

test.each([null, 'jobTitle'])('every request is counted that Graph was sent, with %s refused', async (property) => {
  const { rig, asked, reload } = await createRuns(selecting(USERS, ['id', 'displayName', 'jobTitle']));
  for (const refused of [null, property]) {
    rig.faults.set({ pageSizeMax: 40, refuseProperties: refused === null ? [] : [{ property: refused, ...LICENCE }] });
    const before = asked.length;
    const { counts } = await reload();
    expect(counts.requests).toBe(asked.length - before);
    expect(counts.requests).toBeGreaterThan(refused === null ? 8 : 12);
  }
});

test('the requests of a run that failed are counted, too', async () => {
  const { rig, asked, reload } = await createRuns(selecting(USERS, ['id', 'displayName']));
  rig.faults.set({ refuseProperties: [{ property: 'id', ...LICENCE }] });
  const { state, counts } = await reload();
  expect(state).toBe('failed');
  expect(counts.requests).toBe(asked.length);
  expect(counts.requests).toBeGreaterThan(0);
});

describe('a delta round that Graph refuses', () => {
  const dataset = selecting(USERS, ['id', 'displayName', 'jobTitle']);

  test.each([
    ['400', { status: 400, code: 'Request_BadRequest', message: 'Invalid.' }],
    ['501', { status: 501, code: 'NotImplemented', message: 'Not implemented.' }],
    ['400 in words that pass', { status: 400, code: 'UnknownError', message: 'Unsupported Query.' }],
  ])('by %s is no failure: everything is read, with a note, in each run', async (_, refusal) => {
    const { rig, query, reload } = await createRuns(dataset, { incremental: true, users: 60 });
    await reload();
    expect(await reload()).toMatchObject({ state: 'done', incremental: true });
    rig.faults.set({ passingRefusals: [{ path: 'users/delta', ...refusal }] });
    for (const _again of [1, 2]) {
      rig.tenant.mutate({ changeUsers: 3 });
      expect(await reload()).toMatchObject({ state: 'done', incremental: false, problem: null });
    }
    rig.faults.set(null);
    rig.tenant.mutate({ changeUsers: 3 });
    await reload();
    expect(await reload()).toMatchObject({ state: 'done', incremental: true });
    const landed = await query('SELECT id, "displayName", "jobTitle" FROM landed.users ORDER BY id');
    const { json } = await rig.call('/users?$select=id,displayName,jobTitle&$top=999');
    const rows = json.value as unknown as { id: string; displayName: string; jobTitle: string | null }[];
    const byId = rows.map(({ id, displayName, jobTitle }) => ({ id, displayName, jobTitle }));
    expect(landed).toEqual(byId.sort((a, b) => (a.id < b.id ? -1 : 1)));
  });

  test('for a column that the list refuses too: the changes are told without it', async () => {
    const { rig, reload } = await createRuns(dataset, { incremental: true, users: 60 });
    await reload();
    rig.faults.set({
      refuseProperties: [{ property: 'jobTitle', status: 400, code: 'Request_BadRequest', message: 'Invalid.' }],
    });
    for (const _again of [1, 2]) {
      rig.tenant.mutate({ changeUsers: 3 });
      expect(await reload()).toMatchObject({ state: 'partial', unread: [{ name: 'jobTitle' }], problem: null });
    }
    rig.faults.set(null);
    expect(await reload()).toMatchObject({ state: 'done', incremental: false, unread: [] });
    expect(await reload()).toMatchObject({ state: 'done', incremental: true });
  });
});
