import type { Cell, DatasetDefinition, SampleDto } from '#lib/domain/dataset.ts';
import type { ConnectionSession } from '#lib/domain/session.ts';
import type { GraphClient } from '#lib/graph/client.ts';
import { knowOthers } from '#lib/reload/extra-sql.ts';
import { rowValues } from '#lib/reload/row-values.ts';
import { type ExecutorConfig, openConnection } from './connect.ts';
import { columnsToRead } from './dataset-request.ts';
import { firstRows, type Row, rowsOf } from './first-rows.ts';
import { readRelationship } from './relationship-source.ts';

const TIMEOUT_MS = 30_000;

/** First rows of a dataset, live; of a relationship those of the first parents that have any. */
export async function sampleDataset(
  config: ExecutorConfig,
  session: ConnectionSession,
  dataset: DatasetDefinition,
  rowsMax: number,
): Promise<SampleDto> {
  const connection = openConnection(config, session);
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const columns = columnsToRead(dataset);
    const found =
      dataset.parent === null
        ? await firstRows(connection.graph, dataset, columns, { top: rowsMax, signal })
        : await firstChildren(connection.graph, dataset, rowsMax, signal);
    const known = knowOthers(columns, dataset.columns);
    // An object gives one row, or one for each item of the collection that a child dataset is about.
    const rows = found
      .flatMap((row) => rowValues(row, known).map((values) => ({ values, raw: JSON.stringify(row) })))
      .slice(0, rowsMax);
    return {
      columns: columns.map(({ name, type }) => ({ name, type })),
      rows: rows.map(({ values }) => values.map(toCell)),
      raw: rows.map(({ raw }) => raw),
      notes: [],
      total: null,
    };
  } finally {
    await connection.close();
  }
}

async function firstChildren(
  graph: GraphClient,
  dataset: DatasetDefinition,
  rowsMax: number,
  signal: AbortSignal,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const page of readRelationship(graph, dataset, { cursor: null, signal })) {
    rows.push(...rowsOf(page.body));
    if (rows.length >= rowsMax) break;
  }
  return rows;
}

function toCell(value: unknown): Cell {
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? JSON.stringify(value) : (value as Cell);
}
