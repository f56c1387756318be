import { expect, test } from 'vitest';
import type { NamesSettings } from '#lib/domain/task/landing-names.ts';
import { type FakeRound, fakeDataset } from '#lib/reload/testing/fake-source.ts';
import { ann, bob, cid, counts, createLanding, type Row } from '#lib/targets/postgres/testing/landing.ts';

const MARKED = 'SELECT id, hdr__run_id AS run, hdr__deleted_at AS deleted FROM hr.users ORDER BY id';
const settings = { softDelete: true, history: true, deleteShareMax: 1 };

test('a row that is gone stays with the time, comes back when it reappears, and the change table and history say so', async () => {
  const landing = await createLanding();
  await landing.reload({ runId: 'run_1', rows: [ann, bob], settings });
  const gone = await landing.reload({ runId: 'run_2', rows: [ann], settings, now: '2026-01-02T00:00:00Z' });
  expect(counts(gone)).toEqual(['done', null, 1, 0, 0, 1, 1]);
  expect(await landing.rows(MARKED)).toEqual([
    { id: 'a', run: 'run_1', deleted: null },
    { id: 'b', run: 'run_2', deleted: new Date('2026-01-02') },
  ]);
  expect(counts(await landing.reload({ runId: 'run_3', rows: [ann], settings }))).toEqual(['done', null, 1, 0, 0, 0, 1]);
  const rob = { ...bob, displayName: 'Rob' };
  const back = await landing.reload({ runId: 'run_4', rows: [ann, rob, cid], settings, now: '2026-01-04T00:00:00Z' });
  expect(counts(back)).toEqual(['done', null, 3, 2, 0, 0, 1]);
  expect(await landing.rows(MARKED)).toMatchObject([
    { id: 'a', deleted: null },
    { id: 'b', run: 'run_4', deleted: null },
    { id: 'c', run: 'run_4', deleted: null },
  ]);
  expect(
    await landing.rows(
      "SELECT hdr__run_id AS run, hdr__operation AS op, hdr__changed_columns AS changed, hdr__before AS before, hdr__after AS after FROM hr.users__ct WHERE id = 'b' ORDER BY hdr__changed_at",
    ),
  ).toEqual([
    { run: 'run_2', op: 'D', changed: [], before: bob, after: null },
    { run: 'run_4', op: 'I', changed: ['hdr__deleted_at'], before: null, after: rob },
  ]);
  expect(
    await landing.rows(
      `SELECT "displayName" AS name, hdr__to_timestamp AS until FROM hr.users__history WHERE id = 'b' ORDER BY hdr__from_timestamp`,
    ),
  ).toEqual([
    { name: 'Bob', until: new Date('2026-01-02') },
    { name: 'Rob', until: null },
  ]);
  expect(await landing.rows('SELECT id, "displayName" AS name FROM hr.users__current ORDER BY id')).toEqual([
    { id: 'a', name: 'Ann' },
    { id: 'b', name: 'Rob' },
    { id: 'c', name: null },
  ]);
});

test('without the option marked rows go with the next run, and the run says so', async () => {
  const landing = await createLanding();
  await landing.reload({ runId: 'run_1', rows: [ann, bob], settings });
  await landing.reload({ runId: 'run_2', rows: [ann], settings });
  const report = await landing.reload({ runId: 'run_3', rows: [ann] });
  expect(report.notes.join()).toContain('1 row that earlier runs had marked as deleted');
  expect(await landing.rows('SELECT id FROM hr.users')).toEqual([{ id: 'a' }]);
});

test('the view of present versions follows new and retyped columns of the history', async () => {
  const landing = await createLanding();
  const names = { columns: 'snake_case', tablePrefix: 'entra_', renames: [] } satisfies NamesSettings;
  await landing.reload({ runId: 'run_1', rows: [ann], settings: { ...settings, names } });
  expect(await landing.rows('SELECT display_name, hdr__to_timestamp FROM hr.entra_users__current')).toEqual([
    { display_name: 'Ann', hdr__to_timestamp: null },
  ]);
  await landing.client.query('ALTER TABLE hr.entra_users__history DROP COLUMN licences CASCADE');
  await landing.reload({ runId: 'run_2', rows: [ann], settings: { ...settings, names } });
  expect(await landing.rows('SELECT licences FROM hr.entra_users__current')).toEqual([{ licences: ann.licences }]);
});

test('without a key each copy that is gone is marked, one that reappears is a new row, and marked ones are never compared', async () => {
  const landing = await createLanding();
  const dataset = fakeDataset({ name: 'string', n: 'int32' }, { key: [] });
  const [one, two] = [
    { name: 'x', n: 1 },
    { name: 'y', n: 2 },
  ];
  const reload = (runId: string, rows: readonly Row[], day: string, read = dataset) =>
    landing.reload({ runId, dataset: read, rows, settings, now: `2026-01-${day}T00:00:00Z` });
  const shown = () =>
    landing.rows(
      'SELECT name, n, hdr__run_id AS run, hdr__deleted_at IS NOT NULL AS gone FROM hr.users ORDER BY name, gone, run',
    );
  await reload('run_1', [one, one, two], '01');
  expect(counts(await reload('run_2', [one], '02'))).toEqual(['done', null, 1, 0, 0, 2, 1]);
  expect(await shown()).toEqual([
    { ...one, run: 'run_1', gone: false },
    { ...one, run: 'run_2', gone: true },
    { ...two, run: 'run_2', gone: true },
  ]);
  expect(counts(await reload('run_3', [one], '03'))).toEqual(['done', null, 1, 0, 0, 0, 1]);
  const back = await reload('run_4', [one, two], '04');
  expect(counts(back)).toEqual(['done', null, 2, 1, 0, 0, 1]);
  expect(
    await landing.rows(
      "SELECT hdr__operation AS op, hdr__changed_columns AS changed FROM hr.users__ct WHERE hdr__run_id = 'run_4'",
    ),
  ).toEqual([{ op: 'I', changed: [] }]);
  // Other columns are compared from here on: hashes are made anew of present rows only.
  const wide = fakeDataset({ name: 'string', n: 'int64', more: 'string' }, { key: [] });
  expect(counts(await reload('run_5', [one, two], '05', wide))).toEqual(['done', null, 2, 0, 0, 0, 2]);
  expect(await landing.rows('SELECT count(*)::int AS rows, count(hdr__deleted_at)::int AS gone FROM hr.users')).toEqual([
    { rows: 4, gone: 2 },
  ]);
});

test('by delta query removed rows are marked, come back, and are left out of the number that the next run has to find', async () => {
  const landing = await createLanding();
  const reload = (runId: string, from: string, round: FakeRound | null, count: number) =>
    landing.reload({
      ...{ runId, settings, incremental: {}, now: `2026-01-0${runId.at(-1)}T00:00:00Z` },
      source: {
        pages: [runId === 'run_1' ? [ann, bob] : []],
        counts: [count],
        delta: {
          scope: { column: 'id', untracked: [] },
          deltaToken: 'm0',
          rounds: (token) => (token === from ? round : null),
        },
      },
    });
  await reload('run_1', '', null, 2);
  const gone = await reload('run_2', 'm0', { pages: [{ changedIds: ['b'] }], deltaToken: 'm1' }, 1);
  expect([counts(gone), gone.incremental]).toEqual([['done', null, 0, 0, 0, 1, 1], true]);
  const again = await reload('run_3', 'm1', { pages: [{ changedIds: ['b'] }], deltaToken: 'm2' }, 1);
  expect([counts(again), again.incremental]).toEqual([['done', null, 0, 0, 0, 0, 1], true]);
  const rob = { ...bob, displayName: 'Rob' };
  const back = await reload('run_4', 'm2', { pages: [{ changedIds: ['b'], rows: [rob] }], deltaToken: 'm3' }, 2);
  expect([counts(back), back.incremental]).toEqual([['done', null, 1, 1, 0, 0, 1], true]);
  expect(await landing.rows(MARKED)).toEqual([
    { id: 'a', run: 'run_1', deleted: null },
    { id: 'b', run: 'run_4', deleted: null },
  ]);
  expect(
    await landing.rows(
      "SELECT hdr__run_id AS run, hdr__operation AS op FROM hr.users__ct WHERE hdr__operation <> 'L' ORDER BY 1",
    ),
  ).toEqual([
    { run: 'run_2', op: 'D' },
    { run: 'run_4', op: 'I' },
  ]);
});
