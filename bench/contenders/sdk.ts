import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { Client, PageIterator } from '@microsoft/microsoft-graph-client';
import { type BasicType, fileWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import type { Column } from '#lib/domain/dataset/dataset.ts';
import { parseSourcePath } from '#lib/reload/parse/source-path.ts';
import { benchDataset, USERS_QUERY } from '../dataset.ts';
import { type Contender, type ContenderOptions, TOKEN } from './contender.ts';

type Row = Readonly<Record<string, unknown>>;

/** Rows that are held before they are written: a usual row group according to the writer's documentation. */
const GROUP_ROWS = 100_000;

/** The official SDK as in its README: default middleware, the process's own fetch. */
function sdkClient({ baseUrl }: ContenderOptions): Client {
  const url = new URL(baseUrl);
  return Client.init({
    authProvider: (done) => done(null, TOKEN),
    baseUrl: `${url.origin}/`,
    defaultVersion: url.pathname.slice(1),
    customHosts: new Set([url.hostname]),
  });
}

async function iterate(options: ContenderOptions, onRow: (row: Row) => void): Promise<void> {
  const client = sdkClient(options);
  const first = await client.api(USERS_QUERY).get();
  await new PageIterator(client, first, (row: Row) => {
    onRow(row);
    return true;
  }).iterate();
}

/** PageIterator without further work: rows are discarded. */
export const sdkIterate: Contender = {
  async run(options) {
    let rows = 0;
    await iterate(options, () => {
      rows++;
    });
    return rows;
  },
};

let columns: readonly Column[] = [];

/** PageIterator with a Parquet writer in JavaScript and the same zstd compression. */
export const sdkParquet: Contender = {
  async prepare() {
    columns = benchDataset('users').columns.filter((column) => column.selected);
  },
  async run(options) {
    const names = columns.map((column) => ({ name: column.name, type: typeOf(column), data: [] }));
    const writer = new ParquetWriter({
      writer: fileWriter(join(options.dir, 'users.parquet')),
      schema: schemaFromColumnData({ columnData: names }),
      codec: 'ZSTD',
      compressors: { ZSTD: (bytes: Uint8Array) => zstdCompressSync(bytes) },
    });
    let [rows, values] = [0, columns.map((): unknown[] => [])];
    const flush = (): void => {
      const columnData = columns.map((column, index) => ({ name: column.name, type: typeOf(column), data: values[index] ?? [] }));
      // The file writer is synchronous, so nothing has to be awaited.
      void writer.write({ columnData, rowGroupSize: GROUP_ROWS });
      values = columns.map(() => []);
    };
    await iterate(options, (row) => {
      for (const [index, column] of columns.entries()) values[index]?.push(cellOf(column, row));
      if (++rows % GROUP_ROWS === 0) flush();
    });
    if (rows % GROUP_ROWS !== 0) flush();
    await writer.finish();
    return rows;
  },
};

function typeOf({ type }: Column): BasicType {
  if (type === 'boolean') return 'BOOLEAN';
  return type === 'dateTimeOffset' ? 'TIMESTAMP' : 'STRING';
}

function cellOf(column: Column, row: Row): unknown {
  let value: unknown = row;
  for (const name of parseSourcePath(column.sourcePath)) value = (value as Row | null)?.[name] ?? null;
  if (value === null) return null;
  if (column.type === 'dateTimeOffset') return new Date(value as string);
  return column.type === 'json' ? JSON.stringify(value) : value;
}

/** One request per group, one after the other. */
export const sdkMembers: Contender = {
  async run(options) {
    const client = sdkClient(options);
    const ids: string[] = [];
    const groups = await client.api('/groups?$select=id&$top=999').get();
    await new PageIterator(client, groups, (group: Row) => {
      ids.push(String(group['id']));
      return ids.length < options.parentsMax;
    }).iterate();
    let rows = 0;
    for (const id of ids) {
      const path = `/groups/${id}/members?$select=id,displayName&$top=999&$count=true`;
      const first = await client.api(path).header('ConsistencyLevel', 'eventual').get();
      await new PageIterator(client, first, () => {
        rows++;
        return true;
      }).iterate();
    }
    return rows;
  },
};
