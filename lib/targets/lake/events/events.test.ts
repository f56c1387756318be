import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { LakeSettings, type TaskTarget } from '#lib/domain/task/task.ts';
import { eventsAt, type FakeEvent, rowOf, SIGN_INS, simulatedEvents } from '#lib/reload/testing/event-source.ts';
import { temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { localLake } from '#lib/targets/built-in.ts';
import { findTargetModule } from '#lib/targets/registry.ts';
import { NO_RULES, reloadInto } from '#lib/targets/testing/reload-into.ts';

type Format = 'parquet' | 'csv' | 'jsonl';

function createTask(format: Format, settings: object = {}) {
  const lake = temporaryFolder();
  const task: TaskTarget = {
    method: 'reload',
    targetId: 'targ_22222222222222222222',
    settings: LakeSettings.parse({ folder: 'logs', format, ...settings }),
  };
  const home = join(lake, 'logs', 'sign_ins');
  const run = (
    events: readonly FakeEvent[],
    now: string,
    { runId = `run_${now.replaceAll(/\W/g, '')}`, dataset = SIGN_INS } = {},
  ) =>
    reloadInto({
      ...{ access: localLake(lake), task, runId, now, dataset, source: eventsAt(events, now) },
      reading: { full: false, sourceKey: 'conn_1' },
      onInternalError: (error) => {
        throw error;
      },
    });
  const readRows = (dataset: DatasetDefinition, page = { offset: 0, limit: 5 }) =>
    findTargetModule('folder').readRows(localLake(lake), NO_RULES, { task, dataset, page });
  return { home, run, readRows, landed: () => readLanded(home, format) };
}

const READER = { parquet: 'read_parquet', csv: 'read_csv', jsonl: 'read_json' } as const;

/** Reads the files by the documented glob, in another DuckDB. */
async function readLanded(home: string, format: Format): Promise<{ id: string; status: string; wrongDay: boolean }[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await connection.run("SET timezone = 'UTC'");
    const rows = await connection.runAndReadAll(
      `SELECT id, status, CAST(date AS VARCHAR) <> strftime(CAST("createdDateTime" AS TIMESTAMPTZ), '%Y-%m-%d')
       FROM ${READER[format]}('${home}/date=*/*', hive_partitioning = true, union_by_name = true) ORDER BY id`,
    );
    return rows
      .getRowsJson()
      .map(([id, status, wrongDay]) => ({ id: String(id), status: String(status), wrongDay: wrongDay === true }));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const START = '2026-10-01T00:00:00.000Z';
const hoursLater = (hours: number): string => new Date(Date.parse(START) + hours * 3_600_000).toISOString();
const byId = <T extends { readonly id: string }>(rows: readonly T[]): T[] => [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
const filesOf = (home: string): string[] =>
  readdirSync(home, { recursive: true })
    .map(String)
    .filter((name) => name.startsWith('date=') && name.includes('/'))
    .sort();

it.each(['parquet', 'csv', 'jsonl'] as const)(
  '%s: 40 days of events, of which Graph keeps 30: each is in the folder of its day once, with its last state',
  async (format) => {
    const events = simulatedEvents(START, 40);
    const task = createTask(format);
    let last = START;
    for (let hours = 110.5; hours <= 40 * 24; hours += 110.5) {
      last = hoursLater(hours);
      expect(await task.run(events, last)).toMatchObject({ state: 'done', problem: null });
    }
    const shown = events.filter(({ arrives }) => arrives <= last).map((event) => rowOf(event, last));
    const landed = await task.landed();
    expect(landed.map(({ id, status }) => ({ id, status }))).toEqual(byId(shown).map(({ id, status }) => ({ id, status })));
    expect(landed.filter(({ wrongDay }) => wrongDay)).toEqual([]);
    const { rows, total } = await task.readRows(SIGN_INS);
    expect([rows.length, total]).toEqual([5, shown.length]);
  },
);

it('the same run twice leaves the same files; a run adds files to the days that it changes alone', async () => {
  const events = simulatedEvents(START, 10);
  const task = createTask('parquet');
  const first = await task.run(events, hoursLater(100), { runId: 'run_1' });
  const files = filesOf(task.home);
  const state = readFileSync(join(task.home, '_events.json'), 'utf8');
  expect((await task.run(events, hoursLater(100), { runId: 'run_1' })).counts).toEqual({
    ...first.counts,
    rowsRead: 0,
    bytes: 0,
    requests: 0,
  });
  expect([filesOf(task.home), readFileSync(join(task.home, '_events.json'), 'utf8')]).toEqual([files, state]);
  const second = await task.run(events, hoursLater(130), { runId: 'run_2' });
  expect(second.counts.deleted).toBe(0);
  expect(filesOf(task.home).filter((name) => name.includes('run_1')).length).toBeGreaterThanOrEqual(files.length - 1);
  expect(readdirSync(join(task.home, '_manifests')).filter((name) => name.endsWith('.json'))).toHaveLength(2);
});

it('versions of before are taken over by day, and gone afterwards', async () => {
  const events = simulatedEvents(START, 40);
  const task = createTask('parquet');
  const plain = { ...SIGN_INS, kind: 'entity' as const, path: '/elsewhere', entityType: 'microsoft.graph.user' };
  await task.run(events, hoursLater(24), { dataset: plain, runId: 'run_1' });
  expect(existsSync(join(task.home, 'latest'))).toBe(true);
  const report = await task.run(events, hoursLater(24 * 35), { runId: 'run_2' });
  expect(report.notes.join(' ')).toContain('taken over');
  expect(readdirSync(task.home).filter((name) => name === 'latest' || name.startsWith('v='))).toEqual([]);
  const ids = (await task.landed()).map(({ id }) => id);
  const expected = events.filter(
    ({ at, arrives }) => arrives <= hoursLater(24) || (arrives <= hoursLater(24 * 35) && at >= hoursLater(24 * 5)),
  );
  expect(ids).toEqual(expected.map(({ id }) => id).sort());
});

it('days beyond what the task keeps are removed, and a lost span is named', async () => {
  const events = simulatedEvents(START, 60);
  const task = createTask('parquet', { events: { retentionDays: 5 } });
  await task.run(events, hoursLater(6 * 24));
  const report = await task.run(events, hoursLater(50 * 24));
  expect(report).toMatchObject({ state: 'partial', problem: { code: 'events-lost' } });
  expect(report.counts.deleted).toBeGreaterThan(0);
  expect(filesOf(task.home).every((name) => name >= 'date=2026-11-15')).toBe(true);
});

it('a renamed property stands beside the old column with its values, and a new one can stop the events', async () => {
  const events = simulatedEvents(START, 3);
  const renamed = {
    ...SIGN_INS,
    columns: SIGN_INS.columns.map((column) => (column.name === 'status' ? { ...column, name: 'state' } : column)),
  };
  const drift = { renamed: 'rename', new: 'stop', lost: 'drop' };
  const task = createTask('parquet', { drift });
  await task.run(events, hoursLater(24));
  expect(await task.run(events, hoursLater(72), { dataset: renamed })).toMatchObject({
    ...{ state: 'done', problem: null },
    drift: [{ column: 'state', from: 'status', action: 'added-beside' }],
  });
  const both = { ...renamed, columns: [...SIGN_INS.columns, ...renamed.columns.slice(2)] };
  const { columns, rows } = await task.readRows(both, { offset: 0, limit: 1000 });
  const at = (name: string) => columns.findIndex((column) => column.name === name);
  expect(rows.filter((row) => row[at('status')] !== null && row[at('state')] !== null).length).toBeGreaterThan(0);
  const [column] = SIGN_INS.columns;
  const more = {
    ...renamed,
    columns: [...renamed.columns, { ...column, name: 'risk', sourcePath: 'risk', key: false }],
  } as typeof SIGN_INS;
  const after = filesOf(task.home);
  expect(await task.run(events, hoursLater(80), { dataset: more })).toMatchObject({
    problem: { code: 'schema-drift', field: 'risk' },
  });
  expect(filesOf(task.home)).toEqual(after);
});
