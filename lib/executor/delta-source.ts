import type { DatasetDefinition } from '#lib/domain/dataset.ts';
import { IN_VALUES_MAX } from '#lib/domain/filter-literal.ts';
import { sendBatch } from '#lib/graph/batch.ts';
import { BATCH_MAX } from '#lib/graph/batch-wire.ts';
import type { GraphClient } from '#lib/graph/client.ts';
import { followDelta, isResync, takeDeltaLink } from '#lib/graph/delta.ts';
import { GraphError } from '#lib/graph/graph-error.ts';
import { readPages } from '#lib/graph/pages.ts';
import { ChangesLostError } from '#lib/reload/changes-lost.ts';
import type { ChangePage, ChangesOptions } from '#lib/reload/ports.ts';
import { collectionPath, columnsToRead, objectPath } from './dataset-request.ts';
import { deltaQueryOf } from './delta-query.ts';
import { readChildrenOf } from './relationship-source.ts';

/** Batches under way at once when rows are read again. */
const BATCHES_AT_ONCE = 4;
const STEP = BATCH_MAX * BATCHES_AT_ONCE;
/** Ids of a page that has no rows. */
const IDS_A_PAGE = 1000;
const NO_ROWS = Buffer.from('{"value":[]}');

/** The delta link of now; null where there is no delta query, or Graph refuses it for these columns. */
export async function takeMark(graph: GraphClient, dataset: DatasetDefinition, signal: AbortSignal): Promise<string | null> {
  const query = deltaQueryOf(dataset);
  if (query === null) return null;
  const select = query.select.length === 0 ? '' : `&$select=${query.select.map(encodeURIComponent).join(',')}`;
  try {
    return await takeDeltaLink(graph, `${graph.baseUrl}${query.collection}/delta?$deltaToken=latest${select}`, signal);
  } catch (error) {
    // What is refused here either doesn't matter (the plain list still answers) or is refused again, in words, by the list.
    if (error instanceof GraphError && [400, 403, 404, 410, 501].includes(error.status)) return null;
    throw error;
  }
}

/**
 * Which ids changed since the mark, and their rows as they are now. A row of delta query may hold only some properties, and the same
 * object may come several times in any order: so rows are never taken from it but read again by id.
 */
export async function* readChanges(
  graph: GraphClient,
  dataset: DatasetDefinition,
  { mark, rows, touchedMax, signal }: ChangesOptions,
): AsyncGenerator<ChangePage> {
  if (deltaQueryOf(dataset) === null) throw new TypeError(`${dataset.name} has no delta query`);
  const told = await readRound(graph, mark, touchedMax, signal);
  let { requests, throttledMs } = told;
  const cost = (): { requests: number; throttledMs: number } => {
    const since = { requests, throttledMs };
    requests = 0;
    throttledMs = 0;
    return since;
  };
  if (rows) {
    const present = told.ids.filter(([, gone]) => !gone).map(([id]) => id);
    for (let at = 0; at < present.length; at += STEP) {
      const ids = present.slice(at, at + STEP);
      const pages = rowsReader(dataset)(graph, dataset, ids, signal);
      let touched = ids;
      for await (const page of pages) {
        requests += page.requests;
        throttledMs += page.throttledMs;
        yield { ...page, ...cost(), touched, mark: null };
        touched = [];
      }
    }
  }
  const bare = told.ids.filter(([, gone]) => gone || !rows).map(([id]) => id);
  for (let at = 0; at < bare.length; at += IDS_A_PAGE)
    yield { body: NO_ROWS, touched: bare.slice(at, at + IDS_A_PAGE), mark: null, ...cost() };
  yield { body: NO_ROWS, touched: [], mark: told.mark, ...cost() };
}

/** Ids of a whole round; `gone` when all that was said of one is that it is removed. */
async function readRound(graph: GraphClient, mark: string, touchedMax: number, signal: AbortSignal) {
  const gone = new Map<string, boolean>();
  let next = '';
  let requests = 0;
  let throttledMs = 0;
  try {
    for await (const page of followDelta(graph, mark, signal)) {
      requests += page.requests;
      throttledMs += page.throttledMs;
      for (const { id, removed } of page.items) gone.set(id, (gone.get(id) ?? true) && removed);
      if (gone.size > touchedMax)
        throw new ChangesLostError(`More than ${touchedMax} rows changed: reading everything is faster.`);
      next = page.deltaLink ?? next;
    }
  } catch (error) {
    if (isResync(error)) throw new ChangesLostError('Graph no longer knows what changed since then.', { cause: error });
    throw error;
  }
  return { ids: [...gone], mark: next, requests, throttledMs };
}

type RowsPage = Omit<ChangePage, 'touched' | 'mark'>;
type RowsReader = (
  graph: GraphClient,
  dataset: DatasetDefinition,
  ids: readonly string[],
  signal: AbortSignal,
) => AsyncIterable<RowsPage>;

function rowsReader({ parent, filter }: DatasetDefinition): RowsReader {
  if (parent !== null) return readChildrenOf;
  return filter === null ? readRows : readPassing;
}

/**
 * Those of the rows that pass the dataset's filter, by lists of ids (Graph docs, `id` of the directory objects: "Supports $filter (eq, ne, not, in)").
 * @throws ChangesLostError where Graph doesn't take the filter together with ids.
 */
async function* readPassing(
  graph: GraphClient,
  dataset: DatasetDefinition,
  ids: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<RowsPage> {
  const urls = chunksOf(ids, IN_VALUES_MAX).map((some) => {
    const part = `id in (${some.map((id) => `'${id}'`).join(',')})`;
    return `${graph.baseUrl}${collectionPath(dataset, columnsToRead(dataset), { part })}`;
  });
  try {
    for (const pages of await Promise.all(urls.map((url) => Array.fromAsync(readPages(graph, { url, signal }))))) yield* pages;
  } catch (error) {
    if (!(error instanceof GraphError) || ![400, 501].includes(error.status)) throw error;
    throw new ChangesLostError("Graph doesn't take the dataset's filter for single rows.", { cause: error });
  }
}

function chunksOf<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size));
}

/** Rows by id, in batches; one that is gone by now (404) is left out. */
async function* readRows(
  graph: GraphClient,
  dataset: DatasetDefinition,
  ids: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<RowsPage> {
  const answers = await Promise.all(
    chunksOf(ids, BATCH_MAX).map((group) =>
      sendBatch(
        graph,
        group.map((id) => ({ url: objectPath(dataset, columnsToRead(dataset), id) })),
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
  yield { body: Buffer.from(JSON.stringify({ value: rows })), requests: sum('requests'), throttledMs: sum('throttledMs') };
}

/** A single object says what it is of; rows of a list don't. */
function withoutContext(body: unknown): object {
  const { '@odata.context': _, ...row } = body as Record<string, unknown>;
  return row;
}
