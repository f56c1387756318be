import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { icebergRead } from 'icebird';
import { onTestFinished } from 'vitest';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { LakeCompareSettings, LakeSettings, type TaskTarget } from '#lib/domain/task/task.ts';
import { fakeDataset, temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { localLake } from '#lib/targets/built-in.ts';
import { folder } from '#lib/targets/folder/index.ts';
import { createLocalStore } from '#lib/targets/folder/local-store.ts';
import type { LakeStore } from '#lib/targets/lake/lake-store.ts';
import { createLakeSink } from '#lib/targets/lake/reload.ts';
import { readDeltaTable } from './delta-reader.ts';
import { NO_RULES, type ReloadInto, reloadInto } from './reload-into.ts';

export type Row = Readonly<Record<string, unknown>>;

export const PEOPLE = fakeDataset(
  {
    ...{ id: 'string', text: 'string', flag: 'boolean', number: 'int32', large: 'int64', ratio: 'double', exact: 'decimal' },
    ...{ at: 'dateTimeOffset', day: 'date', clock: 'timeOfDay', lasts: 'duration', raw: 'binary', tags: 'json' },
  },
  { name: 'people', countable: false },
);

/** The files of a folder over HTTP, with ranges: icebird reads by URL. */
async function serve(folder: string): Promise<string> {
  const server = createServer(({ url = '', headers, method }, answer) => {
    const path = join(folder, decodeURIComponent(url));
    if (!existsSync(path)) return void answer.writeHead(404).end();
    const [, from = '0', to] = /bytes=(\d+)-(\d*)/.exec(headers.range ?? '') ?? [];
    const end = to === undefined || to === '' ? statSync(path).size - 1 : Number(to);
    answer.writeHead(headers.range === undefined ? 200 : 206, { 'content-length': end - Number(from) + 1 });
    if (method === 'HEAD') return void answer.end();
    return void createReadStream(path, { start: Number(from), end }).pipe(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

type Given = Partial<Omit<ReloadInto, 'dataset'>> & {
  readonly faults?: Partial<LakeStore> | ((store: LakeStore) => Partial<LakeStore>);
  readonly dataset?: DatasetDefinition;
};

/** Tables over a local folder, whose files readers get over HTTP. With `compares` the task reloads and compares. */
export async function createTables(settings: object = {}, { compares = false } = {}) {
  const root = temporaryFolder();
  const home = join(root, 'f', 'people');
  const url = await serve(home);
  let second = 0;
  const all = { folder: 'f', tables: 'delta-and-iceberg', versionsKept: 1, ...settings };
  const task: TaskTarget = compares
    ? { method: 'reload-and-compare-files', targetId: 'targ_1', settings: LakeCompareSettings.parse(all) }
    : { method: 'reload', targetId: 'targ_1', settings: LakeSettings.parse(all) };
  const reload = (runId: string, rows: readonly Row[], { faults = {}, dataset = PEOPLE, ...more }: Given = {}) => {
    const store = { ...createLocalStore(home), uri: url };
    return reloadInto({
      ...{ access: localLake(root), dataset, runId, task, source: { pages: [rows] } },
      now: new Date(Date.UTC(2026, 0, 1, 0, 0, second++)).toISOString(),
      wrapSink: () =>
        createLakeSink(async () => ({ ...store, ...(typeof faults === 'function' ? faults(store) : faults) }), task.settings),
      ...more,
    });
  };
  const iceberg = async (): Promise<readonly Row[]> => icebergRead({ tableUrl: url });
  const read = (dataset = PEOPLE) =>
    folder.readRows(localLake(root), NO_RULES, { task, dataset, page: { offset: 0, limit: 10_000 } });
  const changes = (runId: string, dataset = PEOPLE) =>
    folder.readChanges(localLake(root), NO_RULES, { task, dataset, filter: { runId, operation: null, limit: 10_000 } });
  return { home, url, reload, delta: () => readDeltaTable(home), iceberg, read, changes };
}

/** What a reader shows, in the values that were sent. */
export function shown(rows: readonly Row[]): Row {
  const text = (value: unknown) =>
    value instanceof Date ? value.toISOString() : typeof value === 'bigint' ? String(value) : (value ?? null);
  const entries = rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, text(value)])));
  return Object.fromEntries(entries.map((row) => [String(row['id']), row]));
}

export function sent(rows: readonly Row[], dataset = PEOPLE): Row {
  const day = (value: unknown) => (value === undefined ? null : `${String(value)}T00:00:00.000Z`);
  return Object.fromEntries(
    rows.map((row) => {
      const whole = Object.fromEntries(dataset.columns.map(({ name }) => [name, row[name] ?? null]));
      const tags = row['tags'] === undefined ? null : JSON.stringify(row['tags']);
      // Both readers show bytes as text.
      const raw = row['raw'] === undefined ? null : Buffer.from(String(row['raw']), 'base64').toString();
      return [String(row['id']), { ...whole, day: day(row['day']), tags, raw }];
    }),
  );
}

export function peopleOf(round: number): readonly Row[] {
  return Array.from({ length: (round * 7) % 11 }, (_, index) => ({
    ...{ id: `${index}`, text: index % 3 === 0 ? undefined : `ä🌿 ${'x'.repeat(index * 9)} ${round}`, flag: index % 2 === 0 },
    ...{
      number: index - round,
      large: `${2n ** 53n + BigInt(index)}`,
      ratio: index / 4,
      exact: '1.10',
      lasts: 'PT1S',
      raw: 'YWJj',
    },
    ...{ at: `19${String(60 + index)}-02-03T04:05:06.789Z`, day: '1969-12-31', clock: '12:34:00', tags: [{ round }] },
  }));
}
