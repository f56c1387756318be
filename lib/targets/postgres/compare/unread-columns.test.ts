import { describe, expect, test } from 'vitest';
import { type FakeDelta, type FakeSourceOptions, fakeDataset, type NotRead } from '#lib/reload/testing/fake-source.ts';
import { counts, createLanding, type Landing, type Row } from '#lib/targets/postgres/testing/landing.ts';

const PEOPLE = fakeDataset({ id: 'string', name: 'string', title: 'string' });
const ada = { id: 'a', name: 'Ada', title: 'Countess' };
const ben = { id: 'b', name: 'Ben', title: 'Baker' };
const cem = { id: 'c', name: 'Cem', title: 'Cook' };

const refusal = { name: 'title', reason: 'Graph answered 403: it needs AuditLog.Read.All.' };
const seen = ({ id, name }: typeof ada): Row => ({ id, name });

/** A source that cannot read `title`. */
function refused(rows: readonly Row[]): FakeSourceOptions {
  return { pages: [rows], notRead: () => ({ unread: [refusal] }) };
}

const landed = (landing: Landing, columns = 'id, name, title'): Promise<Row[]> =>
  landing.rows(`SELECT ${columns} FROM hr.users ORDER BY id`);

describe('a column that could not be read', () => {
  test('keeps its landed values, is no change, and is named', async () => {
    const landing = await createLanding();
    await landing.reload({ runId: 'run_1', dataset: PEOPLE, rows: [ada, ben] });
    const before = await landed(landing, 'id, name, title, hdr__run_id, hdr__updated_at');
    const report = await landing.reload({
      runId: 'run_2',
      dataset: PEOPLE,
      source: refused([seen(ada), seen(ben)]),
      now: '2026-01-02T00:00:00Z',
    });
    expect(counts(report)).toEqual(['partial', null, 2, 0, 0, 0, 2]);
    expect(report.unread).toEqual([{ ...refusal, since: '2026-01-02T00:00:00.000Z' }]);
    expect(report.notes).toEqual([]);
    expect(await landed(landing, 'id, name, title, hdr__run_id, hdr__updated_at')).toEqual(before);
    expect(await landing.rows("SELECT 1 FROM hr.users__ct WHERE hdr__run_id = 'run_2'")).toEqual([]);
  });

  test('stays beside what changed, in the change table and the history as well', async () => {
    const landing = await createLanding();
    const settings = { history: true };
    await landing.reload({ runId: 'run_1', dataset: PEOPLE, settings, rows: [ada, ben, cem] });
    const rows = [{ id: 'a', name: 'Augusta' }, seen(cem), { id: 'd', name: 'Dan' }];
    const report = await landing.reload({ runId: 'run_2', dataset: PEOPLE, settings, source: refused(rows) });
    expect(counts(report)).toEqual(['partial', null, 3, 1, 1, 1, 1]);
    expect(await landed(landing)).toEqual([{ ...ada, name: 'Augusta' }, cem, { id: 'd', name: 'Dan', title: null }]);
    expect(
      await landing.rows(
        "SELECT hdr__changed_columns AS changed, hdr__before AS before, hdr__after AS after FROM hr.users__ct WHERE hdr__run_id = 'run_2' AND hdr__operation <> 'I' ORDER BY id",
      ),
    ).toEqual([
      { changed: ['name'], before: ada, after: { ...ada, name: 'Augusta' } },
      { changed: [], before: ben, after: null },
    ]);
    expect(
      await landing.rows('SELECT id, name, title FROM hr.users__history WHERE hdr__to_timestamp IS NULL ORDER BY id'),
    ).toEqual(await landed(landing));
  });

  test('counts as unread for all rows when a later page lacks it, whatever the first ones said', async () => {
    const landing = await createLanding();
    await landing.reload({ runId: 'run_1', dataset: PEOPLE, rows: [ada, ben] });
    const source: FakeSourceOptions = {
      pages: [[{ ...ada, title: 'Queen' }], [seen(ben)]],
      notRead: (index) => (index === 1 ? { unread: [refusal] } : {}),
    };
    const report = await landing.reload({ runId: 'run_2', dataset: PEOPLE, source });
    expect(counts(report)).toEqual(['partial', null, 2, 0, 0, 0, 2]);
    expect(await landed(landing)).toEqual([ada, ben]);
  });

  test('is compared by value when it can be read again', async () => {
    const landing = await createLanding();
    await landing.reload({ runId: 'run_1', dataset: PEOPLE, rows: [ada, ben, cem] });
    await landing.reload({
      runId: 'run_2',
      dataset: PEOPLE,
      source: refused([seen(ada), seen(ben), { ...seen(cem), name: 'C' }]),
    });
    const rows = [{ ...ada, title: null }, ben, { ...cem, name: 'C', title: 'Chef' }];
    const report = await landing.reload({ runId: 'run_3', dataset: PEOPLE, rows });
    expect(counts(report)).toEqual(['done', null, 3, 0, 2, 0, 1]);
    expect(await landed(landing)).toEqual(rows);
  });

  test('is in a table that is made meanwhile, so that statements of consumers name it', async () => {
    const landing = await createLanding();
    const report = await landing.reload({ runId: 'run_1', dataset: PEOPLE, source: refused([seen(ada)]) });
    expect(counts(report)).toEqual(['partial', null, 1, 1, 0, 0, 0]);
    expect(await landed(landing)).toEqual([{ ...ada, title: null }]);
    expect(counts(await landing.reload({ runId: 'run_2', dataset: PEOPLE, rows: [ada] }))).toEqual(['done', null, 1, 0, 1, 0, 0]);
    expect(await landed(landing)).toEqual([ada]);
  });

  test('is told by a run that goes on after a death between publish and report', async () => {
    const landing = await createLanding();
    await landing.reload({ runId: 'run_1', dataset: PEOPLE, source: refused([seen(ada)]) });
    const source: FakeSourceOptions = { pages: [], beforePage: () => expect.fail('read again') };
    const again = await landing.reload({ runId: 'run_1', dataset: PEOPLE, source });
    expect([again.state, again.unread.map(({ name }) => name)]).toEqual(['partial', ['title']]);
  });

  test('makes rows without a key incomplete, and changes nothing of them', async () => {
    const landing = await createLanding();
    const dataset = fakeDataset({ name: 'string', title: 'string' }, { key: [] });
    await landing.reload({ runId: 'run_1', dataset, rows: [ada, ben] });
    const report = await landing.reload({ runId: 'run_2', dataset, source: refused([{ name: 'Eve' }]) });
    expect(report).toMatchObject({
      state: 'incomplete',
      problem: { detail: expect.stringMatching(/no key.*title could not be read/) },
    });
    expect(await landing.rows('SELECT name, title FROM hr.users ORDER BY name')).toEqual(
      [ada, ben].map(({ name, title }) => ({ name, title })),
    );
  });
});

describe('a reload by changes', () => {
  const delta = (rows: readonly Row[], changedIds: readonly string[], notRead: NotRead = {}): FakeDelta => ({
    scope: { column: 'id', untracked: [] },
    rounds: (token) => (token === 'm0' ? { pages: [{ changedIds, rows, ...notRead }], deltaToken: 'm1' } : null),
  });
  const INCREMENTAL = { incremental: {} } as const;

  test('leaves an unread column alone, of the rows that it speaks of as well', async () => {
    const landing = await createLanding();
    const quiet = { scope: { column: 'id', untracked: [] }, rounds: () => null };
    await landing.reload({ runId: 'run_1', dataset: PEOPLE, source: { pages: [[ada, ben]], delta: quiet }, ...INCREMENTAL });
    const changed = delta([{ id: 'b', name: 'Benno' }], ['b'], { unread: [refusal] });
    const source = { pages: [[]], counts: [2], delta: changed, beforePage: () => expect.fail('everything was read') };
    const report = await landing.reload({ runId: 'run_2', dataset: PEOPLE, source, ...INCREMENTAL });
    expect([...counts(report), report.incremental]).toEqual(['partial', null, 1, 0, 1, 0, 1, true]);
    expect(await landed(landing)).toEqual([ada, { ...ben, name: 'Benno' }]);
  });

  test('reads everything once the column can be read again', async () => {
    const landing = await createLanding();
    const quiet = { scope: { column: 'id', untracked: [] }, rounds: () => null };
    const { unread: unreadBefore } = await landing.reload({
      runId: 'run_1',
      dataset: PEOPLE,
      source: { ...refused([seen(ada), seen(ben)]), delta: quiet },
      ...INCREMENTAL,
    });
    const source = { pages: [[ada, ben]], delta: quiet };
    const report = await landing.reload({ runId: 'run_2', dataset: PEOPLE, source, unreadBefore, ...INCREMENTAL });
    expect([report.state, report.incremental]).toEqual(['done', false]);
    expect(report.notes.join(' ')).toContain('The last run could not read title. Entrada read the whole dataset.');
    expect(await landed(landing)).toEqual([ada, ben]);
  });
});
