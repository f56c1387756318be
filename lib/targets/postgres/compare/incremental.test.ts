import { describe, expect, test } from 'vitest';
import type { DatasetReport } from '#lib/reload/engine/ports.ts';
import { ChangesLostError } from '#lib/reload/engine/reading/changes-lost.ts';
import { type FakeDelta, type FakeRound, type FakeSourceOptions, fakeDataset } from '#lib/reload/testing/fake-source.ts';
import { ann, bob, cid, counts, createLanding, type Landing, type Row } from '#lib/targets/postgres/testing/landing.ts';

const SCOPE = { column: 'id', untracked: [] } as const;
const INCREMENTAL = { incremental: {} } as const;
const dan = { id: 'd', displayName: 'Dan', accountEnabled: true, licences: [] };

/** Rounds by the delta token that they start from; a token without a round reports no change. */
function delta(rounds: Readonly<Record<string, FakeRound | Error>>, token = 'm0'): FakeDelta {
  return {
    scope: SCOPE,
    deltaToken: token,
    rounds: (from) => {
      const round = rounds[from] ?? null;
      if (round instanceof Error) throw round;
      return round;
    },
  };
}

const round = (changedIds: readonly string[], rows: readonly Row[], token: string): FakeRound => ({
  pages: [{ changedIds, rows }],
  deltaToken: token,
});

/** Fails when a full read requests pages. */
const NOTHING_TO_READ: FakeSourceOptions['beforePage'] = () => expect.fail('everything was read');

async function landed(rows: readonly Row[] = [ann, bob, cid]): Promise<Landing> {
  const landing = await createLanding();
  const first = await landing.reload({ runId: 'run_1', source: { pages: [rows], delta: delta({}) }, ...INCREMENTAL });
  expect([first.state, first.incremental]).toEqual(['done', false]);
  return landing;
}

const rowsOf = (landing: Landing): Promise<Row[]> =>
  landing.rows('SELECT id, "displayName" AS name, hdr__run_id AS run FROM hr.users ORDER BY id');

describe('a reload by changes', () => {
  test('reads and writes only what changed, with deletes, and the next one goes on from there', async () => {
    const landing = await landed();
    const bobby = { ...bob, displayName: 'Bobby' };
    const report = await landing.reload({
      runId: 'run_2',
      source: {
        pages: [[]],
        counts: [3],
        beforePage: NOTHING_TO_READ,
        delta: delta({
          m0: { pages: [{ changedIds: ['b', 'd'], rows: [bobby, dan] }, { changedIds: ['c'] }], deltaToken: 'm1' },
        }),
      },
      ...INCREMENTAL,
    });
    expect(counts(report)).toEqual(['done', null, 2, 1, 1, 1, 1]);
    expect(report.incremental).toBe(true);
    expect(await rowsOf(landing)).toEqual([
      { id: 'a', name: 'Ann', run: 'run_1' },
      { id: 'b', name: 'Bobby', run: 'run_2' },
      { id: 'd', name: 'Dan', run: 'run_2' },
    ]);
    expect(
      await landing.rows(
        "SELECT hdr__operation AS op, id, hdr__changed_columns AS changed FROM hr.users__ct WHERE hdr__run_id = 'run_2' ORDER BY 1",
      ),
    ).toEqual([
      { op: 'D', id: 'c', changed: [] },
      { op: 'I', id: 'd', changed: [] },
      { op: 'U', id: 'b', changed: ['displayName'] },
    ]);
    const next = await landing.reload({
      runId: 'run_3',
      source: { pages: [[]], counts: [3], beforePage: NOTHING_TO_READ, delta: delta({ m1: round(['a'], [ann], 'm2') }) },
      ...INCREMENTAL,
    });
    // Reported as changed, but equal to the landed row.
    expect(counts(next)).toEqual(['done', null, 1, 0, 0, 0, 3]);
    expect(await landing.rows('SELECT delta_token FROM entrada_staging.published ORDER BY published_at')).toEqual(
      ['m0', 'm1', 'm2'].map((token) => ({ delta_token: token })),
    );
  });

  test('goes on from the delta token that an earlier version recorded in the column `mark`', async () => {
    const landing = await landed();
    await landing.rows('ALTER TABLE entrada_staging.published RENAME COLUMN delta_token TO mark');
    const next = await landing.reload({
      runId: 'run_2',
      source: { pages: [[]], counts: [3], beforePage: NOTHING_TO_READ, delta: delta({ m0: round(['a'], [ann], 'm1') }) },
      ...INCREMENTAL,
    });
    expect(next.state).toBe('done');
    expect(await landing.rows('SELECT delta_token FROM entrada_staging.published ORDER BY published_at')).toEqual(
      ['m0', 'm1'].map((token) => ({ delta_token: token })),
    );
  });

  test('what is reported again while catching up is right in the end', async () => {
    const landing = await landed();
    const rounds = {
      m0: round(['b', 'd'], [{ ...bob, displayName: 'B1' }, dan], 'm1'),
      m1: { pages: [{ changedIds: ['b'], rows: [{ ...bob, displayName: 'B2' }] }, { changedIds: ['d'] }], deltaToken: 'm2' },
    };
    const report = await landing.reload({
      runId: 'run_2',
      source: { pages: [[]], counts: [3], beforePage: NOTHING_TO_READ, delta: delta(rounds) },
      ...INCREMENTAL,
    });
    expect(counts(report)).toEqual(['done', null, 1, 0, 1, 0, 2]);
    expect((await rowsOf(landing)).map((row) => row['name'])).toEqual(['Ann', 'B2', null]);
  });

  test('stops at too many deletes as a full one does, and keeps its delta token for the run that confirms', async () => {
    const landing = await landed();
    const source = { pages: [[]], counts: [1], beforePage: NOTHING_TO_READ, delta: delta({ m0: round(['b', 'c'], [], 'm1') }) };
    const stopped = await landing.reload({ runId: 'run_2', source, ...INCREMENTAL });
    expect([stopped.state, stopped.problem?.code]).toEqual(['failed', 'delete-share-exceeded']);
    expect(stopped.problem?.title).toContain('would delete 2 of 3 rows');
    const confirmed = await landing.reload({ runId: 'run_3', source, deletesConfirmed: true, ...INCREMENTAL });
    expect(counts(confirmed)).toEqual(['done', null, 0, 0, 0, 2, 1]);
  });

  test('history knows the rows that changed and no others', async () => {
    const landing = await createLanding();
    const settings = { history: true };
    await landing.reload({ runId: 'run_1', source: { pages: [[ann, bob]], delta: delta({}) }, settings, ...INCREMENTAL });
    const changed = delta({ m0: round(['b'], [{ ...bob, displayName: 'Bobby' }], 'm1') });
    await landing.reload({ runId: 'run_2', source: { pages: [[]], counts: [2], delta: changed }, settings, ...INCREMENTAL });
    expect(
      await landing.rows('SELECT id, hdr__run_id AS run, hdr__to_timestamp IS NULL AS now FROM hr.users__history ORDER BY id, 2'),
    ).toEqual([
      { id: 'a', run: 'run_1', now: true },
      { id: 'b', run: 'run_1', now: false },
      { id: 'b', run: 'run_2', now: true },
    ]);
  });

  test('members are told by their group: all rows of it are those of now', async () => {
    const landing = await createLanding();
    const dataset = {
      ...fakeDataset(
        { '@parent.id': 'string', id: 'string' },
        { key: ['@parent.id', 'id'], name: 'group_members', countable: false },
      ),
      kind: 'relationship' as const,
    };
    const member = (group: string, id: string): Row => ({ '@parent.id': group, id });
    const scope = { column: 'parent_id', untracked: [] };
    const reload = (runId: string, source: FakeSourceOptions): Promise<DatasetReport> =>
      landing.reload({ runId, dataset, source, ...INCREMENTAL });
    const all = [member('g1', 'a'), member('g1', 'b'), member('g2', 'a'), member('g3', 'c')];
    await reload('run_1', { pages: [all], counts: [null], delta: { ...delta({}), scope } });
    const changes = delta({
      m0: {
        pages: [{ changedIds: ['g1'], rows: [member('g1', 'b'), member('g1', 'd')] }, { changedIds: ['g3'] }],
        deltaToken: 'm1',
      },
    });
    const report = await reload('run_2', {
      pages: [[]],
      counts: [null],
      beforePage: NOTHING_TO_READ,
      delta: { ...changes, scope },
    });
    expect(counts(report)).toEqual(['done', null, 2, 1, 0, 2, 2]);
    expect(await landing.rows('SELECT parent_id || id AS m FROM hr.group_members ORDER BY 1')).toEqual(
      ['g1b', 'g1d', 'g2a'].map((m) => ({ m })),
    );
  });
});

describe('everything is read after all', () => {
  const all = [ann, { ...bob, displayName: 'Bobby' }, dan];
  const lost = new ChangesLostError('Graph no longer has the changes since the last run (the delta link has expired).');

  test.each<[string, { source?: Partial<FakeSourceOptions>; incremental?: object; before?: string }, RegExp | null]>([
    [
      'when Graph takes the delta link back',
      { source: { delta: delta({ m0: lost }, 'm5') } },
      /no longer has the changes.*Entrada read the whole dataset/,
    ],
    [
      'when Graph counts other rows than its changes explain',
      { source: { counts: [9, 3], delta: delta({}, 'm5') } },
      /would have 3 rows, but Graph counts 9/,
    ],
    [
      'when somebody took rows out of the table',
      { source: { counts: [3] }, before: "DELETE FROM hr.users WHERE id = 'c'" },
      /has 2 rows, but had 3 after the last run/,
    ],
    ['when the rows are of another connection', { incremental: { sourceKey: 'conn_2' } }, null],
    ['when a person asks for it', { incremental: { full: true } }, /Full compare: /],
    ['when the last time is long ago', { incremental: { fullEveryDays: 0 } }, /Full compare: /],
  ])('%s', async (_name, { source, incremental = {}, before }, words) => {
    const landing = await landed();
    if (before !== undefined) await landing.client.query(before);
    const report = await landing.reload({
      runId: 'run_2',
      source: { pages: [all], delta: delta({}, 'm5'), ...source },
      incremental,
    });
    expect([report.state, report.incremental, report.counts.rowsRead]).toEqual(['done', false, 3]);
    expect((await rowsOf(landing)).map((row) => row['name'])).toEqual(['Ann', 'Bobby', 'Dan']);
    if (words === null) expect(report.notes).toEqual([]);
    else expect(report.notes.join(' ')).toMatch(words);
  });

  test('a run by other columns does not trust the delta token', async () => {
    const landing = await landed();
    const dataset = fakeDataset({
      id: 'string',
      displayName: 'string',
      accountEnabled: 'boolean',
      licences: 'json',
      mail: 'string',
    });
    const report = await landing.reload({
      runId: 'run_2',
      dataset,
      source: { pages: [[ann, bob, cid]], delta: delta({ m0: new Error('asked by the old delta token') }, 'm5') },
      ...INCREMENTAL,
    });
    expect([report.state, report.incremental]).toEqual(['done', false]);
  });

  test('a column whose changes delta query does not report keeps a dataset from it, and the run says which', async () => {
    const landing = await createLanding();
    const source = { pages: [[ann]], delta: { ...delta({}), scope: { column: 'id', untracked: ['signInActivity'] } } };
    for (const runId of ['run_1', 'run_2']) {
      const report = await landing.reload({ runId, source, ...INCREMENTAL });
      expect(report.incremental).toBe(false);
      expect(report.notes).toEqual([
        'Each run reads the whole dataset, because delta query does not report changes in signInActivity.',
      ]);
    }
  });

  test('the check names the changes that delta query had not reported', async () => {
    const landing = await landed();
    const told = delta({ m0: round(['d'], [dan], 'm1') });
    const report = await landing.reload({ runId: 'run_2', source: { pages: [all], delta: told }, incremental: { full: true } });
    expect(counts(report)).toEqual(['done', null, 3, 1, 1, 1, 1]);
    // The change of Bob and the deletion of Cid were not reported; that of Dan was.
    expect(report.notes.join(' ')).toMatch(/had not reported 2 changed rows \(b, c\)/);
    const next = await landing.reload({
      runId: 'run_3',
      source: { pages: [[]], counts: [3], beforePage: NOTHING_TO_READ, delta: delta({}) },
      ...INCREMENTAL,
    });
    expect(counts(next)).toEqual(['done', null, 0, 0, 0, 0, 3]);
  });
});

describe('a full reading is of one moment', () => {
  test('rows that changed, came and went while reading are right', async () => {
    const landing = await createLanding();
    const rounds = {
      m0: {
        pages: [{ changedIds: ['a', 'd'], rows: [{ ...ann, displayName: 'Anne' }, dan] }, { changedIds: ['c'] }],
        deltaToken: 'm1',
      },
    };
    const report = await landing.reload({
      runId: 'run_1',
      source: { pages: [[ann, bob], [cid]], counts: [3], delta: delta(rounds) },
    });
    expect(report).toMatchObject({ state: 'done', incremental: false });
    expect((await rowsOf(landing)).map((row) => `${row['id']} ${row['name']}`)).toEqual(['a Anne', 'b Bob', 'd Dan']);
  });

  test('without incremental runs no delta token is kept', async () => {
    const landing = await createLanding();
    await landing.reload({ runId: 'run_1', source: { pages: [[ann]], delta: delta({}) } });
    expect(await landing.rows('SELECT delta_token FROM entrada_staging.published')).toEqual([{ delta_token: null }]);
  });

  test('when the link is taken back meanwhile the rows stay as read, without a delta token, and the run says so', async () => {
    const landing = await createLanding();
    const source = { pages: [[ann]], delta: delta({ m0: new ChangesLostError('gone') }) };
    const report = await landing.reload({ runId: 'run_1', source, ...INCREMENTAL });
    expect(report.state).toBe('done');
    expect(report.notes.join(' ')).toContain('gone Rows that changed during this full read may show different points in time.');
    expect(await landing.rows('SELECT delta_token FROM entrada_staging.published')).toEqual([{ delta_token: null }]);
  });
});
