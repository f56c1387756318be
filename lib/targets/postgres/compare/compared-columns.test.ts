import { describe, expect, test } from 'vitest';
import type { Column, DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { fakeDataset } from '#lib/reload/testing/fake-source.ts';
import { counts, createLanding, type Landing, type Row } from '#lib/targets/postgres/testing/landing.ts';

const PEOPLE = fakeDataset({ id: 'string', name: 'string', title: 'string' });
const LIST = fakeDataset({ name: 'string', title: 'string', n: 'int32' }, { key: [] });

function without(dataset: DatasetDefinition, name: string): DatasetDefinition {
  return edited(dataset, name, { selected: false });
}

function edited(dataset: DatasetDefinition, name: string, edit: Partial<Column>): DatasetDefinition {
  return { ...dataset, columns: dataset.columns.map((column) => (column.name === name ? { ...column, ...edit } : column)) };
}

const ada = { id: 'a', name: 'Ada', title: 'Countess' };
const ben = { id: 'b', name: 'Ben', title: 'Baker' };
const gone = (row: Row): Row => ({ ...row, title: null });

const landed = (landing: Landing): Promise<Row[]> => landing.rows('SELECT id, name, title FROM hr.users ORDER BY id');
const changesOf = (landing: Landing, runId: string): Promise<Row[]> =>
  landing.rows(
    `SELECT hdr__operation AS op, hdr__changed_columns AS columns, hdr__after->>'title' AS title FROM hr.users__ct WHERE hdr__run_id = '${runId}' ORDER BY 3`,
  );

/** Ways in which a column leaves the comparison while its values become null, and returns. */
const LEAVE: readonly (readonly [string, DatasetDefinition])[] = [
  ['deselected', without(PEOPLE, 'title')],
  ['renamed', edited(PEOPLE, 'title', { name: 'job' })],
  ['gone from the definition, as by an imported file,', { ...PEOPLE, columns: PEOPLE.columns.slice(0, 2) }],
  ['read as another type', edited(PEOPLE, 'title', { type: 'guid' })],
];

test.each(LEAVE)('a column that was %s and comes back is that of the source after one run', async (_how, other) => {
  const landing = await createLanding();
  await landing.reload({ runId: 'run_1', dataset: PEOPLE, rows: [ada, ben] });
  await landing.reload({ runId: 'run_2', dataset: other, rows: [gone(ada), ben] });
  const back = await landing.reload({ runId: 'run_3', dataset: PEOPLE, rows: [gone(ada), gone(ben)] });
  expect([back.state, back.counts.inserted, back.counts.deleted]).toEqual(['done', 0, 0]);
  expect(await landed(landing)).toEqual([gone(ada), gone(ben)]);
  const again = await landing.reload({ runId: 'run_4', dataset: PEOPLE, rows: [gone(ada), gone(ben)] });
  expect(counts(again)).toEqual(['done', null, 2, 0, 0, 0, 2]);
});

test('what is the same when a column comes back is no change', async () => {
  const landing = await createLanding();
  await landing.reload({ runId: 'run_1', dataset: PEOPLE, rows: [ada, ben] });
  await landing.reload({ runId: 'run_2', dataset: without(PEOPLE, 'title'), rows: [ada, { ...ben, name: 'Benno' }] });
  const back = await landing.reload({ runId: 'run_3', dataset: PEOPLE, rows: [ada, { ...ben, name: 'Benno' }] });
  expect(counts(back)).toEqual(['done', null, 2, 0, 0, 0, 2]);
  expect(await changesOf(landing, 'run_3')).toEqual([]);
});

test('hashes of another version are made anew once, without a change recorded', async () => {
  const landing = await createLanding();
  await landing.reload({ runId: 'run_1', dataset: PEOPLE, rows: [ada, ben] });
  await landing.rows("UPDATE hr.users SET hdr__row_hash = 7, title = CASE id WHEN 'b' THEN 'Old' ELSE title END");
  expect(counts(await landing.reload({ runId: 'run_2', dataset: PEOPLE, rows: [ada, ben] }))).toEqual([
    ...['done', null, 2, 0, 1, 0, 1],
  ]);
  expect(await changesOf(landing, 'run_2')).toEqual([{ op: 'U', columns: ['title'], title: 'Baker' }]);
  expect(await landing.rows('SELECT count(*)::int AS n FROM hr.users WHERE hdr__row_hash = 7')).toEqual([{ n: 0 }]);
});

test('a column that somebody dropped from the table is filled again', async () => {
  const landing = await createLanding();
  await landing.reload({ runId: 'run_1', dataset: PEOPLE, rows: [ada, ben] });
  await landing.rows('ALTER TABLE hr.users DROP COLUMN title');
  const report = await landing.reload({ runId: 'run_2', dataset: PEOPLE, rows: [ada, gone(ben)] });
  expect(counts(report)).toEqual(['done', null, 2, 0, 1, 0, 1]);
  expect(await landed(landing)).toEqual([ada, gone(ben)]);
});

describe('rows without a key', () => {
  const x = { name: 'x', title: 'X', n: 1 };
  const y = { name: 'y', title: null, n: 2 };
  const list = (landing: Landing): Promise<Row[]> => landing.rows('SELECT name, title, n FROM hr.users ORDER BY name, title');

  test('are matched by their values when a column is deselected and comes back', async () => {
    const landing = await createLanding();
    await landing.reload({ runId: 'run_1', dataset: LIST, rows: [x, x, y] });
    const few = await landing.reload({ runId: 'run_2', dataset: without(LIST, 'title'), rows: [x, x, y] });
    expect(counts(few)).toEqual(['done', null, 3, 0, 0, 0, 3]);
    expect(await list(landing)).toEqual([x, x, y]);
    const back = await landing.reload({ runId: 'run_3', dataset: LIST, rows: [x, { ...x, title: null }, y] });
    expect(counts(back)).toEqual(['done', null, 3, 1, 0, 1, 2]);
    expect(await list(landing)).toEqual([x, { ...x, title: null }, y]);
  });

  test('are matched by their values when the column was retyped, and when their hashes are of another version', async () => {
    const landing = await createLanding();
    await landing.reload({ runId: 'run_1', dataset: LIST, rows: [x, y, y] });
    const wider = edited(LIST, 'n', { type: 'int64' });
    expect(counts(await landing.reload({ runId: 'run_2', dataset: wider, rows: [y, y, x] }))).toEqual([
      'done',
      null,
      3,
      0,
      0,
      0,
      3,
    ]);
    await landing.rows(
      "UPDATE hr.users SET hdr__row_hash = 7; UPDATE entrada_staging.published SET counts = counts - 'coverage'",
    );
    expect(counts(await landing.reload({ runId: 'run_3', dataset: wider, rows: [y, x] }))).toEqual(['done', null, 2, 0, 0, 1, 2]);
  });

  test('are replaced, copy by copy, when a column is new to the table', async () => {
    const landing = await createLanding();
    await landing.reload({ runId: 'run_1', dataset: without(LIST, 'title'), rows: [x, x, y] });
    const settings = { deleteShareMax: 1 };
    const report = await landing.reload({ runId: 'run_2', dataset: LIST, settings, rows: [x, x, y] });
    expect(counts(report)).toEqual(['done', null, 3, 2, 0, 2, 1]);
    expect(await list(landing)).toEqual([x, x, y]);
  });

  test('are matched by their values again when the run that began it changed nothing', async () => {
    const landing = await createLanding();
    await landing.reload({ runId: 'run_1', dataset: LIST, rows: [x, y, { ...y, n: 3 }] });
    const refused = await landing.reload({ runId: 'run_2', dataset: without(LIST, 'n'), rows: [x] });
    expect(refused.problem?.code).toBe('delete-share-exceeded');
    const again = await landing.reload({ runId: 'run_3', dataset: LIST, rows: [x, y, { ...y, n: 3 }] });
    expect(counts(again)).toEqual(['done', null, 3, 0, 0, 0, 3]);
  });
});
