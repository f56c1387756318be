import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { IN_VALUES_MAX } from '#lib/domain/filter/filter-literal.ts';
import { sendBatch } from '#lib/graph/batch/batch.ts';
import { BATCH_MAX } from '#lib/graph/batch/batch-wire.ts';
import type { GraphClient } from '#lib/graph/client/client.ts';
import { readPages } from '#lib/graph/paging/pages.ts';
import type { ChangePage } from '#lib/reload/engine/ports.ts';
import type { ColumnRepair } from '#lib/source/collection/column-repair.ts';
import { collectionPath, objectPath } from '#lib/source/dataset-request.ts';

/** A page of rows that were read again. */
type RowsPage = Omit<ChangePage, 'changedIds' | 'deltaToken'>;

export interface ReadRowsOptions {
  readonly ids: readonly string[];
  readonly signal: AbortSignal;
  readonly columns: ColumnRepair;
}

/** Rows by id as they are now; those that are gone, or that the dataset's filter stops, are left out. */
export async function* readRows(
  graph: GraphClient,
  dataset: DatasetDefinition,
  options: ReadRowsOptions,
): AsyncGenerator<RowsPage> {
  const read = dataset.filter === null ? readObjects : readPassing;
  yield* await options.columns.sendRepaired(() => read(graph, dataset, options));
}

/**
 * Those of the rows that pass the dataset's filter, by lists of ids (Graph docs, `id` of the directory objects: "Supports $filter (eq, ne, not, in)").
 */
async function readPassing(
  graph: GraphClient,
  dataset: DatasetDefinition,
  { ids, signal, columns }: ReadRowsOptions,
): Promise<RowsPage[]> {
  const urls = chunksOf(ids, IN_VALUES_MAX).map((some) => {
    const part = `id in (${some.map((id) => `'${id}'`).join(',')})`;
    return `${graph.baseUrl}${collectionPath(dataset, columns.columns, { part })}`;
  });
  return (await Promise.all(urls.map((url) => Array.fromAsync(readPages(graph, { url, signal }))))).flat();
}

function chunksOf<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size));
}

/** Rows by id, in batches; one that is gone by now (404) is left out. */
async function readObjects(
  graph: GraphClient,
  dataset: DatasetDefinition,
  { ids, signal, columns }: ReadRowsOptions,
): Promise<RowsPage[]> {
  const answers = await Promise.all(
    chunksOf(ids, BATCH_MAX).map((group) =>
      sendBatch(
        graph,
        group.map((id) => ({ url: objectPath(dataset, columns.columns, id) })),
        signal,
      ),
    ),
  );
  const rows: object[] = [];
  for (const result of answers.flatMap((answer) => answer.results)) {
    if (result.ok) rows.push(withoutContext(result.body));
    else if (result.error.status !== 404) throw result.error;
  }
  const sum = (of: 'requests' | 'throttledMs'): number => answers.reduce((total, answer) => total + answer[of], 0);
  return [{ body: Buffer.from(JSON.stringify({ value: rows })), requests: sum('requests'), throttledMs: sum('throttledMs') }];
}

/** A single object says what it is of; rows of a list don't. */
function withoutContext(body: unknown): object {
  const { '@odata.context': _, ...row } = body as Record<string, unknown>;
  return row;
}
