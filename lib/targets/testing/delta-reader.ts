import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { expect } from 'vitest';

type Values = Record<string, unknown>;
interface Commit {
  readonly version: number;
  readonly actions: readonly Values[];
}

const COMPRESSORS = { ZSTD: (bytes: Uint8Array) => zstdDecompressSync(bytes) };
const ACTIONS = [
  'add',
  'remove',
  'metaData',
  'protocol',
  'commitInfo',
  'txn',
  'domainMetadata',
  'cdc',
  'checkpointMetadata',
  'sidecar',
];
/** Physical types that a reader of version 1 expects ("Parquet" and "Primitive Types" of the protocol). */
const PHYSICAL: Readonly<Record<string, string>> = {
  ...{ string: 'BYTE_ARRAY', long: 'INT64', integer: 'INT32', double: 'DOUBLE', boolean: 'BOOLEAN' },
  ...{ binary: 'BYTE_ARRAY', date: 'INT32', timestamp: 'INT64' },
};

/**
 * Reads a Delta table of a local folder according to the Delta Transaction Log Protocol (github.com/delta-io/delta, PROTOCOL.md); throws where
 * the table violates it. Shares no code with the writer. Returns the rows of the last version.
 */
export async function readDeltaTable(root: string): Promise<readonly Values[]> {
  const log = join(root, '_delta_log');
  const commits = readCommits(log);
  const base = await readBase(log, commits);
  const files = new Map(base.files);
  let metaData = base.metaData;
  for (const { version, actions } of commits) {
    if (version <= base.version) continue;
    checkCommit(version, actions);
    for (const action of actions) {
      const { add, remove, metaData: described } = action as Record<string, Values | undefined>;
      if (remove !== undefined)
        expect(files.delete(String(remove['path'])), `version ${version} removes what is there`).toBe(true);
      if (add !== undefined) files.set(String(add['path']), add);
      metaData = described ?? metaData;
    }
  }
  const schema = JSON.parse(String(metaData['schemaString'])) as {
    type: string;
    fields: { name: string; type: string; nullable: boolean }[];
  };
  expect(schema.type).toBe('struct');
  await checkCheckpoints(log, commits, base);
  const rows: Values[] = [];
  for (const add of files.values()) rows.push(...(await readFile(root, add, schema.fields)));
  return rows;
}

function readCommits(log: string): readonly Commit[] {
  const names = readdirSync(log).filter((name) => name.endsWith('.json'));
  expect(names.every((name) => /^\d{20}\.json$/.test(name))).toBe(true);
  const commits = names.sort().map((name) => ({
    version: Number(name.slice(0, 20)),
    actions: readFileSync(join(log, name), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Values),
  }));
  const first = commits[0]?.version ?? 0;
  expect(commits.map(({ version }) => version)).toEqual(commits.map((_, index) => first + index));
  return commits;
}

interface Base {
  readonly version: number;
  readonly files: ReadonlyMap<string, Values>;
  readonly metaData: Values;
}

/** What holds before the commits that are left of the log: nothing, or the checkpoint of the first of them. */
async function readBase(log: string, commits: readonly Commit[]): Promise<Base> {
  const version = commits[0]?.version ?? 0;
  if (version === 0) return { version: -1, files: new Map(), metaData: {} };
  const rows = await readCheckpoint(join(log, `${String(version).padStart(20, '0')}.checkpoint.parquet`));
  const of = (name: string) => rows.flatMap((row) => ((row[name] ?? null) === null ? [] : [row[name] as Values]));
  return { version, files: new Map(of('add').map((add) => [String(add['path']), add])), metaData: of('metaData')[0] ?? {} };
}

async function readCheckpoint(file: string): Promise<readonly Values[]> {
  return parquetReadObjects({ file: await asyncBufferFromFile(file), compressors: COMPRESSORS });
}

function checkCommit(version: number, actions: readonly Values[]): void {
  const named = actions.flatMap((action) => Object.keys(action));
  expect(named.length, 'one action a line').toBe(actions.length);
  expect(named.filter((name) => !ACTIONS.includes(name))).toEqual([]);
  for (const once of ['protocol', 'metaData', 'commitInfo'])
    expect(named.filter((name) => name === once).length).toBeLessThanOrEqual(1);
  if (version === 0) expect(named).toEqual(expect.arrayContaining(['protocol', 'metaData']));
  const paths = actions.flatMap(({ add, remove }) =>
    [add, remove].flatMap((file) => (file === undefined ? [] : [(file as Values)['path']])),
  );
  expect(new Set(paths).size, 'no file is added and removed in one commit').toBe(paths.length);
  for (const { protocol } of actions)
    if (protocol !== undefined) expect(protocol).toEqual({ minReaderVersion: 1, minWriterVersion: 2 });
  for (const { add, remove } of actions as Record<string, Values>[]) {
    if (add !== undefined)
      expect(add).toMatchObject({
        partitionValues: {},
        size: expect.any(Number),
        modificationTime: expect.any(Number),
        dataChange: true,
      });
    if (remove !== undefined) expect(remove).toMatchObject({ deletionTimestamp: expect.any(Number), dataChange: true });
  }
}

/** A checkpoint says what the commits up to it say. */
async function checkCheckpoints(log: string, commits: readonly Commit[], base: Base): Promise<void> {
  const names = readdirSync(log).filter((name) => name.endsWith('.checkpoint.parquet'));
  const wanted = commits.filter(({ version }) => version > 0 && version % 10 === 0).map(({ version }) => version);
  expect(names.map((name) => Number(name.slice(0, 20))).sort((one, other) => one - other)).toEqual(wanted);
  for (const name of names) {
    const rows = await readCheckpoint(join(log, name));
    const at = Number(name.slice(0, 20));
    const files = new Map(base.files);
    const until = commits.filter(({ version }) => version > base.version && version <= at);
    for (const { add, remove } of until.flatMap(({ actions }) => actions) as Record<string, Values>[]) {
      if (remove !== undefined) files.delete(String(remove['path']));
      if (add !== undefined) files.set(String(add['path']), add);
    }
    const adds = rows.flatMap((row) => ((row['add'] ?? null) === null ? [] : [row['add'] as Values]));
    const brief = (add: Values) => [add['path'], Number(add['size']), add['stats']];
    expect(adds.map(brief).sort()).toEqual([...files.values()].map(brief).sort());
    expect(rows.filter((row) => (row['protocol'] ?? null) !== null)).toHaveLength(1);
    expect(rows.filter((row) => (row['metaData'] ?? null) !== null)).toHaveLength(1);
    if (at === wanted.at(-1))
      expect(JSON.parse(readFileSync(join(log, '_last_checkpoint'), 'utf8'))).toEqual({ version: at, size: rows.length });
  }
}

async function readFile(
  root: string,
  add: Values,
  fields: readonly { name: string; type: string }[],
): Promise<readonly Values[]> {
  const path = join(root, decodeURIComponent(String(add['path'])));
  expect(existsSync(path), path).toBe(true);
  expect(statSync(path).size).toBe(Number(add['size']));
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  const physical = metadata.schema.slice(1).map(({ name, type }) => [name, type]);
  expect(physical).toEqual(fields.map(({ name, type }) => [name, PHYSICAL[type]]));
  const rows = await parquetReadObjects({ file, compressors: COMPRESSORS });
  const stats = JSON.parse(String(add['stats'])) as { numRecords: number } & Record<
    'minValues' | 'maxValues' | 'nullCount',
    Values
  >;
  expect(stats.numRecords).toBe(rows.length);
  for (const { name } of fields) {
    const values = rows.flatMap((row) => (row[name] === null || row[name] === undefined ? [] : [row[name]]));
    if (name in stats.nullCount) expect(stats.nullCount[name], name).toBe(rows.length - values.length);
    for (const value of values) {
      if (name in stats.minValues) expect(isOrdered(stats.minValues[name], value), `${name} min`).toBe(true);
      if (name in stats.maxValues) expect(isOrdered(value, stats.maxValues[name]), `${name} max`).toBe(true);
    }
  }
  return rows;
}

/** Whether `one` is at most `other`; texts by their bytes, times as RFC 3339. */
function isOrdered(one: unknown, other: unknown): boolean {
  if (one instanceof Date || other instanceof Date) return new Date(one as string) <= new Date(other as string);
  if (typeof one === 'string' && typeof other === 'string') return Buffer.compare(Buffer.from(one), Buffer.from(other)) <= 0;
  return Number(one) <= Number(other);
}
