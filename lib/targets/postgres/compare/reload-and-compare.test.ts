import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { driftSentence } from '#lib/domain/run/drift.ts';
import type { DatasetReport } from '#lib/reload/engine/ports.ts';
import { type FakeSourceOptions, fakeDataset, temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { ann, bob, cid, counts, createLanding, type Landing, type Row } from '#lib/targets/postgres/testing/landing.ts';

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

  test('a first reload does not collide with another task that loads a table of the same name', async () => {
    const landing = await createLanding();
    await landing.reload({ runId: 'run_0', rows: [ann], settings: { schema: 'other' } });
    // What another task has loaded, and not shown yet.
    await landing.rows('CREATE TABLE entrada_staging.of_another (id text CONSTRAINT users_pkey PRIMARY KEY)');
    expect(await landing.reload({ runId: 'run_1', rows: [ann, bob] })).toMatchObject({ state: 'done' });
    const keys = "SELECT conname AS name FROM pg_constraint WHERE contype = 'p' AND conrelid = 'hr.users'::regclass";
    expect(await landing.rows(keys)).toEqual([{ name: 'users_pkey' }]);
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

describe('a dataset of which a part was refused', () => {
  const row = (id: string, displayName: string): Row => ({ id, displayName, accountEnabled: true, licences: [] });
  const refused: FakeSourceOptions = {
    pages: [[row('1', 'Ada'), row('4', 'New')], []],
    counts: [null],
    notRead: (index) => (index === 1 ? { gap: 'Graph counted 3 of /groups, but listed 2.' } : {}),
  };

  test('gets what was read, loses nothing, and stays incomplete', async () => {
    const landing = await createLanding();
    await landing.reload({ runId: 'run_1', rows: [row('1', 'Anna'), row('2', 'Ben'), row('3', 'Cem')] });
    const report = await landing.reload({ runId: 'run_2', source: refused });
    expect(report).toMatchObject({
      state: 'incomplete',
      counts: { inserted: 1, updated: 1, deleted: 0 },
      problem: { code: 'dataset-incomplete', detail: expect.stringMatching(/but listed 2\..*no row was deleted/) },
    });
    expect(await landing.rows('SELECT id, "displayName" AS name FROM hr.users ORDER BY id')).toEqual([
      { id: '1', name: 'Ada' },
      { id: '2', name: 'Ben' },
      { id: '3', name: 'Cem' },
      { id: '4', name: 'New' },
    ]);
    const next = await landing.reload({ runId: 'run_3', rows: [row('1', 'Ada'), row('2', 'Ben'), row('4', 'New')] });
    expect(next).toMatchObject({ state: 'done', counts: { inserted: 0, updated: 0, deleted: 1 } });
  });

  test('is incomplete still when its run goes on after a death between publish and report', async () => {
    const landing = await createLanding();
    await landing.reload({ runId: 'run_1', source: refused });
    const again = await landing.reload({ runId: 'run_1', source: { pages: [], beforePage: () => expect.fail('read again') } });
    expect(again).toMatchObject({ state: 'incomplete', counts: { inserted: 2 }, problem: { code: 'dataset-incomplete' } });
  });

  test('makes the table when it is the first run', async () => {
    const landing = await createLanding();
    const report = await landing.reload({ runId: 'run_1', source: refused });
    expect(report).toMatchObject({ state: 'incomplete', counts: { inserted: 2, deleted: 0 } });
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
    expect(report.drift?.map(driftSentence)).toEqual([
      'Type of n widened from integer to bigint.',
      'New column fresh added.',
      'Column old is no longer read: it was kept and is empty in new rows.',
    ]);
    expect(await landing.rows('SELECT id, n, old, fresh::text, hdr__run_id AS run FROM hr.users ORDER BY id')).toEqual([
      { id: 'a', n: '1', old: 'kept', fresh: null, run: 'run_1' },
      { id: 'b', n: '5000000000', old: null, fresh: null, run: 'run_2' },
      { id: 'c', n: null, old: null, fresh: '2024-05-06', run: 'run_2' },
    ]);
    // In the opposite direction the live column is wider already and stays.
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
  expect(report.notes).toEqual([
    'Graph sends t with 7 fractional digits; 6 are kept. With the type string the column keeps them all.',
    '3 characters that tables cannot store (such as NUL) were replaced by U+FFFD.',
  ]);
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

describe('what is landed, pulled while the source is still read,', () => {
  const named = (name: string): Row[] => Array.from({ length: 80 }, (_, index) => ({ id: `u${index}`, displayName: name }));
  const inPages = (rows: readonly Row[]): Row[][] => rows.map((row) => [row]);

  /** Calls `atLastPage` at the last page, when the first part is staged and keys are pulled. */
  async function reloadWith(landing: Landing, name: string, atLastPage: () => Promise<unknown>): Promise<DatasetReport> {
    const stageDir = temporaryFolder();
    const pulled = (): Promise<void> => vi.waitFor(() => expect(existsSync(join(stageDir, 'landed.csv'))).toBe(true));
    const source: FakeSourceOptions = {
      pages: inPages(named(name)),
      beforePage: async (index) => {
        if (index === 79) await pulled().then(atLastPage);
      },
    };
    return landing.reload({ runId: 'run_2', source, stageDir });
  }

  test('is what the run compares with', async () => {
    const landing = await createLanding();
    await landing.reload({ runId: 'run_1', rows: [...named('Ann').slice(1), { id: 'gone', displayName: 'Ann' }] });
    const report = await reloadWith(landing, 'Ann', async () => undefined);
    expect(counts(report)).toEqual(['done', null, 80, 1, 0, 1, 79]);
  });

  test('is pulled again when another run has published meanwhile', async () => {
    const landing = await createLanding();
    await landing.reload({ runId: 'run_1', rows: named('Ann') });
    const report = await reloadWith(landing, 'Ann', () => landing.reload({ runId: 'run_other', rows: named('Bob') }));
    expect(counts(report)).toEqual(['done', null, 80, 0, 80, 0, 0]);
    expect(await landing.rows('SELECT DISTINCT "displayName" AS name FROM hr.users')).toEqual([{ name: 'Ann' }]);
  });

  test('is forgotten when the table has gone meanwhile', async () => {
    const landing = await createLanding();
    await landing.reload({ runId: 'run_1', rows: named('Ann') });
    const report = await reloadWith(landing, 'Ann', () => landing.rows('DROP TABLE hr.users'));
    expect(counts(report)).toEqual(['done', null, 80, 80, 0, 0, 0]);
  });
});
