import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ColumnType, DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { LandingSettings, type TaskTarget } from '#lib/domain/task/task.ts';
import { createSharedDatabase } from '#lib/platform/testing/database.ts';
import { JobLeaseLostError } from '#lib/reload/engine/job-lease-lost.ts';
import { eventsAt, type FakeEvent, rowOf, SIGN_INS, simulatedEvents } from '#lib/reload/testing/event-source.ts';
import { type FakeSourceOptions, fakeDataset, temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { landingDatabase } from '#lib/targets/built-in.ts';
import { reloadInto } from '#lib/targets/testing/reload-into.ts';

let url: string;
let client: pg.Client;
let drop: () => Promise<void>;
beforeAll(async () => {
  ({ url, drop } = await createSharedDatabase());
  client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("SET timezone = 'UTC'");
});
afterAll(async () => {
  await client.end();
  await drop();
});

type Method = 'reload-and-compare' | 'full-load';

interface RunOptions {
  readonly full?: boolean;
  readonly dataset?: DatasetDefinition;
  readonly key?: string;
  readonly runId?: string;
  readonly stageDir?: string;
  readonly signal?: AbortSignal;
  readonly source?: FakeSourceOptions;
}

let schemas = 0;

/** A task of its own, in a schema of its own. */
function createTask(method: Method, settings: object = {}) {
  schemas++;
  const schema = `s${schemas}`;
  const run = (events: readonly FakeEvent[], now: string, options: RunOptions = {}) => {
    const task: TaskTarget = {
      method,
      targetId: 'targ_22222222222222222222',
      settings: LandingSettings.parse({ schema, ...settings }),
    };
    const { runId = `run_${schema}_${now}`, source = eventsAt(events, now), signal } = options;
    return reloadInto({
      ...{ access: landingDatabase(url), task, runId, now, dataset: options.dataset ?? SIGN_INS, source },
      ...(signal === undefined ? {} : { signal }),
      stageDir: options.stageDir ?? join(temporaryFolder(), runId.replaceAll(':', '')),
      reading: { full: options.full ?? false, sourceKey: options.key ?? 'conn_1' },
      onInternalError: (error) => {
        throw error;
      },
    });
  };
  const landed = async () =>
    (await client.query(`SELECT id, status FROM ${schema}.sign_ins ORDER BY id`)).rows as { id: string; status: string }[];
  return { schema, run, landed };
}

const START = '2026-10-01T00:00:00.000Z';
const hoursLater = (hours: number): string => new Date(Date.parse(START) + hours * 3_600_000).toISOString();
const sorted = <T extends { readonly id: string }>(rows: readonly T[]): T[] => [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));

describe.each(['reload-and-compare', 'full-load'] as const)('%s', (method) => {
  it('40 days of events, of which Graph keeps 30: nothing is lost, nothing is there twice, late changes are taken', async () => {
    const events = simulatedEvents(START, 40);
    const task = createTask(method);
    const counts = { inserted: 0, updated: 0, deleted: 0 };
    let last = START;
    for (let hours = 110.5; hours <= 40 * 24; hours += 110.5) {
      last = hoursLater(hours);
      const report = await task.run(events, last);
      expect(report).toMatchObject({ state: 'done', problem: null });
      counts.inserted += report.counts.inserted;
      counts.updated += report.counts.updated;
      counts.deleted += report.counts.deleted;
    }
    const shown = events.filter(({ arrives }) => arrives <= last).map((event) => rowOf(event, last));
    expect(await task.landed()).toEqual(sorted(shown).map(({ id, status }) => ({ id, status })));
    expect(counts).toMatchObject({ inserted: shown.length, deleted: 0 });
    expect(counts.updated).toBeGreaterThan(0);
  });

  it('the column with the time gets its new name, and runs go on from the cursor', async () => {
    const events = simulatedEvents(START, 4);
    const task = createTask(method, { drift: { renamed: 'rename' } });
    await task.run(events, hoursLater(24));
    const renamed = {
      ...SIGN_INS,
      columns: SIGN_INS.columns.map((column) => (column.name === 'createdDateTime' ? { ...column, name: 'happened' } : column)),
    };
    const report = await task.run(events, hoursLater(48), { dataset: renamed });
    expect(report).toMatchObject({ state: 'done', drift: [{ column: 'happened', from: 'createdDateTime', action: 'renamed' }] });
    expect(report.notes.join(' ')).toContain('the last run was at 2026-10-02 00:00 UTC');
    const last = await task.run(events, hoursLater(72), { dataset: renamed });
    expect(last).toMatchObject({ state: 'done', problem: null });
    expect(last.drift ?? []).toEqual([]);
    const shown = events.filter(({ arrives }) => arrives <= hoursLater(72)).map((event) => rowOf(event, hoursLater(72)));
    expect(await task.landed()).toEqual(sorted(shown).map(({ id, status }) => ({ id, status })));
    const { rows } = await client.query(`SELECT count(happened)::int AS n FROM ${task.schema}.sign_ins`);
    expect(rows).toEqual([{ n: shown.length }]);
  });

  it('columns that are new, retyped or lost follow as the task says; landed events keep their values', async () => {
    const task = createTask(method);
    const at = hoursLater(1);
    const columns = (types: Readonly<Record<string, ColumnType>>) => ({
      ...SIGN_INS,
      columns: fakeDataset({ id: 'string', createdDateTime: 'dateTimeOffset', ...types }).columns,
    });
    const first = { pages: [[{ id: 'a', createdDateTime: at, n: 1, old: 'x' }]] };
    await task.run([], hoursLater(2), { source: first, dataset: columns({ n: 'int32', old: 'string' }) });
    const second = { pages: [[{ id: 'b', createdDateTime: at, n: 5_000_000_000, fresh: 'f' }]] };
    const wider = columns({ n: 'int64', fresh: 'string' });
    expect(await task.run([], hoursLater(3), { source: second, dataset: wider })).toMatchObject({
      ...{ state: 'done', problem: null, counts: { inserted: 1, deleted: 0 } },
      drift: [
        { column: 'n', action: 'widened' },
        { column: 'fresh', action: 'added' },
        { column: 'old', action: 'kept' },
      ],
    });
    const { rows } = await client.query(`SELECT id, n, old, fresh FROM ${task.schema}.sign_ins ORDER BY id`);
    expect(rows).toEqual([
      { id: 'a', n: '1', old: 'x', fresh: null },
      { id: 'b', n: '5000000000', old: null, fresh: 'f' },
    ]);
  });

  it('a run that is tried again adds nothing, and one after a long pause names what is lost', async () => {
    const events = simulatedEvents(START, 80);
    const task = createTask(method);
    const first = await task.run(events, hoursLater(24));
    expect((await task.run(events, hoursLater(24))).counts).toMatchObject({ inserted: first.counts.inserted });
    const rows = await task.landed();
    const late = await task.run(events, hoursLater(24 * 45));
    expect(late).toMatchObject({ state: 'partial', problem: { code: 'events-lost', fixer: 'you' } });
    expect(late.problem?.title).toContain('from 2026-10-02 00:00 UTC to 2026-10-16 00:00 UTC');
    expect(await task.landed()).toEqual(expect.arrayContaining(rows));
    expect(await task.run(events, hoursLater(24 * 46))).toMatchObject({ state: 'done', problem: null });
  });

  it('a changed filter or a new column reads all that Graph keeps, and says so', async () => {
    const events = simulatedEvents(START, 4);
    const narrow = {
      ...SIGN_INS,
      columns: SIGN_INS.columns.map((column) => ({ ...column, selected: column.name !== 'status' })),
    };
    const task = createTask(method);
    await task.run(events, hoursLater(48), { dataset: narrow });
    const wider = await task.run(events, hoursLater(49));
    expect(wider.notes.join(' ')).toContain('status was not read before');
    expect(wider.counts).toMatchObject({ updated: 48 });
    const filtered = await task.run(events, hoursLater(50), { dataset: { ...SIGN_INS, filter: "status ne 'x'" } });
    expect(filtered.notes.join(' ')).toContain('The filter has changed');
    expect(
      (await task.run(events, hoursLater(51), { dataset: { ...SIGN_INS, filter: "status ne 'x'" } })).notes.join(' '),
    ).toContain('Entrada read events from');
    expect((await task.run(events, hoursLater(52), { full: true })).notes.join(' ')).toContain('as requested');
    expect(new Set((await task.landed()).map(({ id }) => id)).size).toBe((await task.landed()).length);
  });

  it('keeps events as long as the task says', async () => {
    const events = simulatedEvents(START, 12);
    const task = createTask(method, { events: { retentionDays: 5 } });
    await task.run(events, hoursLater(6 * 24));
    const report = await task.run(events, hoursLater(10 * 24));
    expect(report.counts.deleted).toBeGreaterThan(0);
    const { rows } = await client.query(`SELECT min("createdDateTime") AS oldest FROM ${task.schema}.sign_ins`);
    expect((rows[0] as { oldest: Date }).oldest.toISOString() >= hoursLater(5 * 24)).toBe(true);
  });
});

it('a table of a version that compared logs keeps its rows; the first run appends, and has a change row for updates alone', async () => {
  const task = createTask('reload-and-compare');
  const { entityType: _, ...plain } = { ...SIGN_INS, kind: 'entity' as const };
  const events = simulatedEvents(START, 40);
  await task.run(events, hoursLater(24), { dataset: { ...plain, path: '/elsewhere', entityType: 'microsoft.graph.user' } });
  await client.query(`TRUNCATE ${task.schema}.sign_ins__ct; ALTER TABLE ${task.schema}.sign_ins__ct DROP CONSTRAINT sign_ins__ct_hdr__operation_check;
    ALTER TABLE ${task.schema}.sign_ins__ct ADD CONSTRAINT old CHECK (hdr__operation IN ('I', 'U', 'D'))`);
  const before = await task.landed();
  const report = await task.run(events, hoursLater(24 * 35));
  expect(report).toMatchObject({ state: 'done' });
  const ids = (await task.landed()).map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining(before.map(({ id }) => id)));
  expect(new Set(ids).size).toBe(ids.length);
  const { rows } = await client.query(`SELECT hdr__operation AS operation, count(*)::int AS n FROM ${task.schema}.sign_ins__ct
    WHERE hdr__run_id LIKE '%2026-11-05%' GROUP BY 1 ORDER BY 1`);
  expect(rows).toEqual([{ operation: 'L', n: 1 }]);
});

it('a table that a full load appended to is taken over: of the ids that are read again one row stays', async () => {
  const task = createTask('full-load', { whenTableExists: 'append' });
  const events = simulatedEvents(START, 3);
  const plain = { ...SIGN_INS, kind: 'entity' as const, path: '/elsewhere', entityType: 'microsoft.graph.user' };
  await task.run(events, hoursLater(24), { dataset: plain });
  await task.run(events, hoursLater(30), { dataset: plain });
  expect((await task.landed()).length).toBeGreaterThan(new Set((await task.landed()).map(({ id }) => id)).size);
  const report = await task.run(events, hoursLater(48));
  expect(report.notes.join(' ')).toContain('had the id of another one');
  const ids = (await task.landed()).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

it('a run whose worker died goes on with the window that it began with', async () => {
  const task = createTask('reload-and-compare');
  const events = simulatedEvents(START, 6);
  await task.run(events, hoursLater(24));
  const lost = new AbortController();
  const stageDir = join(temporaryFolder(), 'stage');
  const dying = { ...eventsAt(events, hoursLater(48)) };
  const died = await task.run(events, hoursLater(48), {
    stageDir,
    signal: lost.signal,
    source: {
      ...dying,
      rowsOf: () => {
        lost.abort(new JobLeaseLostError());
        return [];
      },
    },
  });
  expect(died.state).toBe('cancelled');
  const report = await task.run(events, hoursLater(50), { stageDir, runId: `run_${task.schema}_${hoursLater(48)}` });
  expect(report.notes.join(' ')).toContain('the last run was at 2026-10-02 00:00 UTC');
  expect((await task.landed()).length).toBe(events.filter(({ arrives }) => arrives <= hoursLater(50)).length);
  const { rows } = await client.query(
    `SELECT cursor->>'readAt' AS at FROM entrada_staging.event_cursors WHERE schema_name = $1`,
    [task.schema],
  );
  expect(rows).toEqual([{ at: hoursLater(48) }]);
});
