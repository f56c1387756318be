import type { SourceConnection } from '#lib/domain/account/session.ts';
import { type Cell, type Column, type DatasetDefinition, landedColumns, type SampleDto } from '#lib/domain/dataset/dataset.ts';
import { isTime, isTimeType } from '#lib/domain/dataset/edm-time.ts';
import { type Row, readList } from '#lib/graph/client/answer.ts';
import type { GraphClient } from '#lib/graph/client/client.ts';
import { GraphError } from '#lib/graph/client/graph-error.ts';
import { rowValues } from '#lib/reload/parse/row-values.ts';
import { withUnselectedNames } from '#lib/reload/parse/sql/extra-sql.ts';
import { needsOwnPermission } from '#lib/source/column-needs.ts';
import { openConnection, type SourceConfig } from '#lib/source/connect.ts';
import { columnsToRead } from '#lib/source/dataset-request.ts';
import { firstRows } from '#lib/source/relationship/first-rows.ts';
import { readRelationship } from '#lib/source/relationship/relationship-source.ts';

const TIMEOUT_MS = 30_000;

/** First rows of a dataset, live; of a relationship those of the first parents that have any. */
export async function sampleDataset(
  config: SourceConfig,
  input: { readonly connection: SourceConnection; readonly dataset: DatasetDefinition; readonly rows: number },
): Promise<SampleDto> {
  const { dataset, rows: rowsMax } = input;
  const connection = openConnection(config, input.connection);
  try {
    return await sampleWith(connection.graph, dataset, rowsMax);
  } catch (error) {
    const refused = error instanceof GraphError && (error.status === 403 || error.status === 400 || error.status === 501);
    const dropped = dataset.columns.filter((column) => column.selected && !column.key && needsOwnPermission(column));
    if (!refused || dropped.length === 0) throw error;
    // What needs more than the rest must not hide the rest.
    const columns = dataset.columns.map((column) => (dropped.includes(column) ? { ...column, selected: false } : column));
    const sample = await sampleWith(connection.graph, { ...dataset, columns }, rowsMax);
    return { ...sample, notes: [...dropped.map(omissionNote), ...sample.notes] };
  } finally {
    await connection.close();
  }
}

/** What a preview says of a column that it omits. */
function omissionNote({ name, permission, licence }: Column): string {
  const needs = [permission, licence].filter((need) => need !== null).join(' and ');
  return `${name} was left out, because Graph refuses this column to the connection. The column needs ${needs}.`;
}

async function sampleWith(graph: GraphClient, dataset: DatasetDefinition, rowsMax: number): Promise<SampleDto> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const columns = landedColumns(dataset.columns);
  const found =
    dataset.parent === null
      ? await firstRows(graph, dataset, columnsToRead(dataset), { top: rowsMax, signal })
      : await firstChildren(graph, dataset, rowsMax, signal);
  const known = withUnselectedNames(columns, dataset.columns);
  // An object gives one row, or one for each item of the collection that a child dataset is about.
  const rows = found
    .flatMap((row) => rowValues(row, known).map((values) => ({ values, raw: JSON.stringify(row) })))
    .slice(0, rowsMax);
  return {
    columns: columns.map(({ name, type }) => ({ name, type })),
    rows: rows.map(({ values }) => values.map(toCell)),
    raw: rows.map(({ raw }) => raw),
    notes: columns.flatMap((column, index) => (rows.every(({ values }) => fits(column, values[index])) ? [] : [misfit(column)])),
    total: null,
  };
}

/** Whether a run would take the value, as far as spellings of times go. */
function fits({ type }: Column, value: unknown): boolean {
  return !isTimeType(type) || value === null || value === undefined || (typeof value === 'string' && isTime(type, value));
}

function misfit({ name, type }: Column): string {
  return `${name} has values that are not ${type}; a run would fail. Choose the type string for the column, or deselect the column.`;
}

async function firstChildren(
  graph: GraphClient,
  dataset: DatasetDefinition,
  rowsMax: number,
  signal: AbortSignal,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const page of readRelationship(graph, dataset, { cursor: null, signal, width: 'sample' })) {
    rows.push(...readList(page.body).rows);
    if (rows.length >= rowsMax) break;
  }
  return rows;
}

function toCell(value: unknown): Cell {
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? JSON.stringify(value) : (value as Cell);
}
