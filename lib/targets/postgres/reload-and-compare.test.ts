import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { DatasetDefinition } from '#lib/domain/dataset.ts';
import { LandingSettings } from '#lib/domain/task.ts';
import { createEmptyDatabase } from '#lib/platform/testing/database.ts';
import { planReload } from '#lib/reload/plan.ts';
import type { DatasetReport } from '#lib/reload/ports.ts';
import { reloadDataset } from '#lib/reload/reload-dataset.ts';
import {
  type FakeSourceOptions,
  fakeDataset,
  fakeSource,
  recordingReporter,
  temporaryFolder,
} from '#lib/reload/testing/fake-source.ts';
import { createCompareSink } from './reload-and-compare.ts';

type Row = Record<string, unknown>;

interface Landing {
  readonly url: string;
  readonly client: pg.Client;
  reload(input: {
    runId: string;
    rows?: readonly Row[];
    source?: FakeSourceOptions;
    dataset?: DatasetDefinition;
    settings?: Partial<LandingSettings>;
    deletesConfirmed?: boolean;
    signal?: AbortSignal;
    stageDir?: string;
    now?: string;
  }): Promise<DatasetReport>;
  rows(sql: string): Promise<Row[]>;
}

const USERS = fakeDataset({ id: 'string', displayName: 'string', accountEnabled: 'boolean', licences: 'json' });

async function createLanding(): Promise<Landing> {
  const url = await createEmptyDatabase();
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  onTestFinished(() => client.end());
  await client.query("SET timezone = 'UTC'");
  const folder = temporaryFolder();
  return {
    url,
    client,
    rows: async (sql) => (await client.query(sql)).rows,
    reload: ({ runId, rows = [], source, dataset = USERS, settings, deletesConfirmed = false, signal, stageDir, now }) => {
      const target = {
        method: 'reload-and-compare',
        targetId: 'targ_22222222222222222222',
        settings: LandingSettings.parse({ schema: 'hr', ...settings }),
      } as const;
      const [plan] = planReload([dataset], target).datasets;
      if (plan === undefined) throw new TypeError('no plan');
      return reloadDataset(
        {
          source: fakeSource(source ?? { pages: [rows] }),
          sink: createCompareSink(url, target.settings),
          reporter: recordingReporter(),
          clock: { now: () => new Date(now ?? '2026-01-01T00:00:00Z') },
          stageDir: stageDir ?? join(folder, runId),
          onInternalError: (error) => {
            throw error;
          },
        },
        { plan, runId, deletesConfirmed },
        signal ?? new AbortController().signal,
      );
    },
  };
}

const ann = { id: 'a', displayName: 'Ann', accountEnabled: true, licences: [{ sku: 1 }] };
const bob = { id: 'b', displayName: 'Bob', accountEnabled: false, licences: [] };
const cid = { id: 'c', displayName: null, accountEnabled: null };

function counts(report: DatasetReport): (number | string | null)[] {
  const { rowsRead, inserted, updated, deleted, unchanged } = report.counts;
  return [report.state, report.problem?.code ?? null, rowsRead, inserted, updated, deleted, unchanged];
}

describe('Reload and compare', () => {
  test('finds exactly the inserted, updated, deleted and unchanged rows and records each', async () => {
    const landing = await createLanding();
    expect(counts(await landing.reload({ runId: 'run_1', rows: [ann, bob, cid] }))).toEqual(['done', null, 3, 3, 0, 0, 0]);
    const dan = { id: 'd', displayName: '' };
    const report = await landing.reload({
      runId: 'run_2',
      rows: [ann, { ...bob, displayName: 'Rob', licences: [{ a: 1 }] }, dan],
      now: '2026-01-02T00:00:00Z',
    });
    expect(counts(report)).toEqual(['done', null, 3, 1, 1, 1, 1]);
    expect(
      await landing.rows(
        'SELECT id, "displayName" AS name, "accountEnabled" AS enabled, licences, hdr__run_id AS run, hdr__inserted_at < hdr__updated_at AS updated FROM hr.users ORDER BY id',
      ),
    ).toEqual([
      { id: 'a', name: 'Ann', enabled: true, licences: [{ sku: 1 }], run: 'run_1', updated: false },
      { id: 'b', name: 'Rob', enabled: false, licences: [{ a: 1 }], run: 'run_2', updated: true },
      { id: 'd', name: '', enabled: null, licences: null, run: 'run_2', updated: false },
    ]);
    expect(
      await landing.rows(
        "SELECT hdr__operation AS op, id, hdr__changed_columns AS changed, hdr__before AS before, hdr__after AS after, hdr__changed_at FROM hr.users__ct WHERE hdr__run_id = 'run_2' ORDER BY id",
      ),
    ).toEqual([
      {
        op: 'U',
        id: 'b',
        changed: ['displayName', 'licences'],
        before: bob,
        after: { ...bob, displayName: 'Rob', licences: [{ a: 1 }] },
        hdr__changed_at: new Date('2026-01-02'),
      },
      { op: 'D', id: 'c', changed: [], before: { ...cid, licences: null }, after: null, hdr__changed_at: new Date('2026-01-02') },
      {
        op: 'I',
        id: 'd',
        changed: [],
        before: null,
        after: { id: 'd', displayName: '', accountEnabled: null, licences: null },
        hdr__changed_at: new Date('2026-01-02'),
      },
    ]);
  });

  test('a second reload without changes writes nothing', async () => {
    const landing = await createLanding();
    await landing.reload({ runId: 'run_1', rows: [ann, bob] });
    const before = await landing.rows('SELECT xmin::text, ctid::text, * FROM hr.users ORDER BY id');
    expect(counts(await landing.reload({ runId: 'run_2', rows: [bob, ann] }))).toEqual(['done', null, 2, 0, 0, 0, 2]);
    expect(await landing.rows('SELECT xmin::text, ctid::text, * FROM hr.users ORDER BY id')).toEqual(before);
    expect(await landing.rows("SELECT 1 FROM hr.users__ct WHERE hdr__run_id = 'run_2'")).toEqual([]);
    expect(await landing.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'entrada_staging'")).toEqual([
      { tablename: 'published' },
    ]);
  });

  test('JSON keys in another order are no change', async () => {
    const landing = await createLanding();
    await landing.reload({ runId: 'run_1', rows: [{ ...ann, licences: { a: 1, b: 2 } }] });
    expect(counts(await landing.reload({ runId: 'run_2', rows: [{ ...ann, licences: { b: 2, a: 1 } }] }))).toEqual([
      'done',
      null,
      1,
      0,
      0,
      0,
      1,
    ]);
  });

  test('rows without a key are compared as a multiset', async () => {
    const landing = await createLanding();
    const dataset = fakeDataset({ name: 'string', n: 'int32' }, { key: [] });
    const x = { name: 'x', n: 1 };
    const y = { name: 'y', n: null };
    await landing.reload({ runId: 'run_1', dataset, rows: [x, x, x, y] });
    expect(counts(await landing.reload({ runId: 'run_2', dataset, rows: [x, y, y, { name: 'z' }] }))).toEqual([
      'done',
      null,
      4,
      2,
      0,
      2,
      2,
    ]);
    expect(await landing.rows('SELECT name, n FROM hr.users ORDER BY name')).toEqual([x, y, y, { name: 'z', n: null }]);
    expect(
      await landing.rows(
        "SELECT hdr__operation AS op, count(*)::int AS n FROM hr.users__ct WHERE hdr__run_id = 'run_2' GROUP BY 1 ORDER BY 1",
      ),
    ).toEqual([
      { op: 'D', n: 2 },
      { op: 'I', n: 2 },
    ]);
  });

  test('a reload that would delete more than the share stops, says so, and goes on when confirmed', async () => {
    const landing = await createLanding();
    await landing.reload({ runId: 'run_1', rows: [ann, bob, cid] });
    const stopped = await landing.reload({ runId: 'run_2', rows: [ann] });
    expect(counts(stopped)).toEqual(['failed', 'delete-share-exceeded', 1, 0, 0, 0, 0]);
    expect(stopped.problem?.title).toContain('delete 2 of 3 rows');
    expect(await landing.rows('SELECT count(*)::int AS n FROM hr.users')).toEqual([{ n: 3 }]);
    expect(counts(await landing.reload({ runId: 'run_3', rows: [ann], deletesConfirmed: true }))).toEqual([
      'done',
      null,
      1,
      0,
      0,
      2,
      1,
    ]);
  });

  test('keeps a type 2 history', async () => {
    const landing = await createLanding();
    const settings = { history: true };
    await landing.reload({ runId: 'run_1', rows: [ann, bob, cid], now: '2026-01-01T00:00:00Z' });
    await landing.reload({ runId: 'run_2', rows: [ann, { ...bob, displayName: 'Rob' }], settings, now: '2026-01-02T00:00:00Z' });
    await landing.reload({
      runId: 'run_3',
      rows: [ann, { ...bob, displayName: 'Bob' }, cid],
      settings,
      now: '2026-01-03T00:00:00Z',
    });
    const day = (column: string): string => `to_char(${column}, 'DD')`;
    expect(
      await landing.rows(
        `SELECT id, "displayName" AS name, ${day('hdr__from_timestamp')} AS from, ${day('hdr__to_timestamp')} AS to FROM hr.users__history ORDER BY id, hdr__from_timestamp`,
      ),
    ).toEqual([
      { id: 'a', name: 'Ann', from: '01', to: null },
      { id: 'b', name: 'Bob', from: '01', to: '02' },
      { id: 'b', name: 'Rob', from: '02', to: '03' },
      { id: 'b', name: 'Bob', from: '03', to: null },
      { id: 'c', name: null, from: '01', to: '02' },
      { id: 'c', name: null, from: '03', to: null },
    ]);
  });

  test('a publish that is repeated for the same run is not applied again', async () => {
    const landing = await createLanding();
    await landing.reload({ runId: 'run_1', rows: [ann, bob] });
    expect(counts(await landing.reload({ runId: 'run_1', rows: [ann] })).slice(3)).toEqual([2, 0, 0, 0]);
    expect(await landing.rows('SELECT id FROM hr.users ORDER BY id')).toEqual([{ id: 'a' }, { id: 'b' }]);
  });
});

describe('schema drift', () => {
  test('a new column is added, a lost one kept, a wider type widened; rows that did not change are not touched', async () => {
    const landing = await createLanding();
    const before = fakeDataset({ id: 'string', n: 'int32', old: 'string' });
    const after = fakeDataset({ id: 'string', n: 'int64', fresh: 'date' });
    await landing.reload({
      runId: 'run_1',
      dataset: before,
      rows: [
        { id: 'a', n: 1, old: 'kept' },
        { id: 'b', n: 2 },
      ],
    });
    const report = await landing.reload({
      runId: 'run_2',
      dataset: after,
      rows: [
        { id: 'a', n: 1 },
        { id: 'b', n: 5_000_000_000 },
        { id: 'c', fresh: '2024-05-06' },
      ],
    });
    expect(counts(report)).toEqual(['done', null, 3, 1, 1, 0, 1]);
    expect(report.notes.join('\n')).toMatch(/fresh \(date\) is new[\s\S]*old is no longer read/);
    expect(await landing.rows('SELECT id, n, old, fresh::text, hdr__run_id AS run FROM hr.users ORDER BY id')).toEqual([
      { id: 'a', n: '1', old: 'kept', fresh: null, run: 'run_1' },
      { id: 'b', n: '5000000000', old: null, fresh: null, run: 'run_2' },
      { id: 'c', n: null, old: null, fresh: '2024-05-06', run: 'run_2' },
    ]);
    // The other way round the live column is wider already and stays.
    expect(
      counts(
        await landing.reload({
          runId: 'run_3',
          dataset: before,
          rows: [
            { id: 'a', n: 1, old: 'kept' },
            { id: 'b', n: 3 },
          ],
          settings: { deleteShareMax: 1 },
        }),
      ),
    ).toEqual(['done', null, 2, 0, 1, 1, 1]);
  });

  test('a column that can only be narrowed is refused by name and nothing is changed', async () => {
    const landing = await createLanding();
    await landing.reload({ runId: 'run_1', dataset: fakeDataset({ id: 'string', n: 'boolean' }), rows: [{ id: 'a', n: true }] });
    const report = await landing.reload({
      runId: 'run_2',
      dataset: fakeDataset({ id: 'string', n: 'date' }),
      rows: [{ id: 'a', n: '2024-01-01' }],
    });
    expect(report.problem).toMatchObject({ code: 'column-retyped', field: 'n' });
    expect(await landing.rows('SELECT id, n FROM hr.users')).toEqual([{ id: 'a', n: true }]);
  });

  test('a table that Entrada did not make, or one with another key, is left alone', async () => {
    const landing = await createLanding();
    await landing.client.query('CREATE SCHEMA hr; CREATE TABLE hr.users (id text)');
    expect((await landing.reload({ runId: 'run_1', rows: [ann] })).problem?.code).toBe('table-not-ours');
    await landing.client.query('DROP TABLE hr.users');
    await landing.reload({ runId: 'run_2', rows: [ann] });
    const dataset = fakeDataset({ id: 'string', displayName: 'string' }, { key: ['displayName'] });
    expect((await landing.reload({ runId: 'run_3', dataset, rows: [ann] })).problem?.code).toBe('key-changed');
  });
});

test('values land in PostgreSQL as Graph sent them', async () => {
  const landing = await createLanding();
  const dataset = fakeDataset({
    id: 'string',
    s: 'string',
    i: 'int64',
    d: 'double',
    m: 'decimal',
    t: 'dateTimeOffset',
    o: 'timeOfDay',
    b: 'binary',
    j: 'json',
  });
  const rows = [
    {
      id: 'a',
      s: '\'; DROP TABLE hr.users; --\n\\.\n"q",\t\\N\r\n🙂 עברית',
      i: Number.MAX_SAFE_INTEGER,
      d: 1e-300,
      m: '0.12345678901234567890',
      t: '9999-12-31T23:59:59.9999999Z',
      o: '23:59:59.9999999',
      b: 'AP8=',
      j: { k: '\\u0000 "' },
    },
    { id: '\\N', s: '', t: '0001-01-01T00:00:00Z', d: 'NaN', j: 'text' },
    { id: 'nul\0', s: 'a\0b', j: ['\0'] },
  ];
  const report = await landing.reload({ runId: 'run_1', dataset, rows });
  expect(counts(report)).toEqual(['done', null, 3, 3, 0, 0, 0]);
  expect(report.notes).toEqual(['3 characters that no table can hold (such as NUL) were replaced by U+FFFD.']);
  expect(await landing.rows('SELECT id, s, i, d, m, t::text, o, b, j FROM hr.users ORDER BY id COLLATE "C" DESC')).toEqual([
    { id: 'nul\ufffd', s: 'a\ufffdb', i: null, d: null, m: null, t: null, o: null, b: null, j: ['\ufffd'] },
    {
      id: 'a',
      s: rows[0]?.s,
      i: '9007199254740991',
      d: 1e-300,
      m: '0.12345678901234567890',
      t: '9999-12-31 23:59:59.999999+00',
      o: '23:59:59.999999',
      b: Buffer.from([0, 255]),
      j: { k: '\\u0000 "' },
    },
    { id: '\\N', s: '', i: null, d: Number.NaN, m: null, t: '0001-01-01 00:00:00+00', o: null, b: null, j: 'text' },
  ]);
  expect(counts(await landing.reload({ runId: 'run_2', dataset, rows }))).toEqual(['done', null, 3, 0, 0, 0, 3]);
});

describe('nothing half done is ever visible', () => {
  const state = 'SELECT id, "displayName" AS name, hdr__run_id AS run FROM hr.users ORDER BY id';
  const changes = 'SELECT hdr__run_id AS run, hdr__operation AS op, id FROM hr.users__ct ORDER BY 1, 2, 3';

  async function landed(): Promise<{ landing: Landing; isUntouched: () => Promise<void> }> {
    const landing = await createLanding();
    await landing.reload({ runId: 'run_1', rows: [ann, bob, cid] });
    const before = [await landing.rows(state), await landing.rows(changes)];
    return { landing, isUntouched: async () => expect([await landing.rows(state), await landing.rows(changes)]).toEqual(before) };
  }

  test('when the source fails at page 2, or too few rows came, or the chain is cancelled', async () => {
    const { landing, isUntouched } = await landed();
    const fails = {
      pages: [[ann], [bob]],
      beforePage: (index: number) => {
        if (index === 1) throw new Error('gone');
      },
    };
    await expect(landing.reload({ runId: 'run_2', source: fails })).rejects.toThrow('gone');
    await isUntouched();
    const short = await landing.reload({ runId: 'run_3', source: { pages: [[ann]], counts: [3] }, deletesConfirmed: true });
    expect(counts(short)).toEqual(['incomplete', 'dataset-incomplete', 1, 0, 0, 0, 0]);
    expect(short.notes).toEqual(['Graph counted 3 rows but delivered 1. Nothing was compared, deleted or published.']);
    await isUntouched();
    const stop = new AbortController();
    const hangs = {
      pages: [[ann], [bob]],
      beforePage: (index: number) => {
        if (index === 1) {
          stop.abort();
          return new Promise<void>(() => undefined);
        }
        return undefined;
      },
    };
    expect(counts(await landing.reload({ runId: 'run_4', source: hangs, signal: stop.signal })).slice(0, 2)).toEqual([
      'cancelled',
      null,
    ]);
    await isUntouched();
  });

  test('when the run is cancelled, or its connection killed, while its transaction waits for a lock', async () => {
    const { landing, isUntouched } = await landed();
    await landing.client.query('BEGIN; LOCK TABLE hr.users IN ROW EXCLUSIVE MODE');
    const stop = new AbortController();
    const waiting = landing.reload({ runId: 'run_2', rows: [bob], deletesConfirmed: true, signal: stop.signal });
    await waitForBlocked(landing);
    const from = performance.now();
    stop.abort();
    expect((await waiting).state).toBe('cancelled');
    expect(performance.now() - from).toBeLessThan(2000);
    const killed = landing.reload({ runId: 'run_3', rows: [bob], deletesConfirmed: true });
    const pid = await waitForBlocked(landing);
    await landing.client.query('SELECT pg_terminate_backend($1)', [pid]);
    expect((await killed).problem?.code).toBe('landing-unreachable');
    await landing.client.query('ROLLBACK');
    await isUntouched();
    expect(counts(await landing.reload({ runId: 'run_4', rows: [bob], deletesConfirmed: true })).slice(3)).toEqual([0, 0, 2, 1]);
    expect(await landing.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'entrada_staging'")).toEqual([
      { tablename: 'published' },
    ]);
  });

  test('two runs of one table at once: one after the other, both right', async () => {
    const landing = await createLanding();
    const reports = await Promise.all([
      landing.reload({ runId: 'run_1', rows: [ann, bob] }),
      landing.reload({ runId: 'run_2', rows: [ann, bob] }),
    ]);
    expect(reports.map((report) => report.state)).toEqual(['done', 'done']);
    expect(reports.map((report) => report.counts.inserted).sort()).toEqual([0, 2]);
  });
});

/** Until another session waits for a lock on the table; its process id. */
async function waitForBlocked(landing: Landing): Promise<number> {
  for (;;) {
    const { rows } = await landing.client.query<{ pid: number }>(
      "SELECT pid FROM pg_locks WHERE NOT granted AND locktype = 'relation' AND pid <> pg_backend_pid() AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    );
    if (rows[0] !== undefined) return rows[0].pid;
  }
}
