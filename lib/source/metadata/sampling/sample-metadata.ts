import type { SourceConnection } from '#lib/domain/account/session.ts';
import type { Column, DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { SampledColumn, SampledDataset } from '#lib/domain/metadata/merge-sample.ts';
import { sendBatch } from '#lib/graph/batch/batch.ts';
import { BATCH_MAX } from '#lib/graph/batch/batch-wire.ts';
import { type Row, readList, toListAnswer } from '#lib/graph/client/answer.ts';
import type { GraphClient } from '#lib/graph/client/client.ts';
import { GraphError } from '#lib/graph/client/graph-error.ts';
import { readPages } from '#lib/graph/paging/pages.ts';
import { mapConcurrently, mergeAsync } from '#lib/platform/async/map-concurrently.ts';
import { datasetProblem } from '#lib/source/access/dataset-problem.ts';
import { openConnection, type SourceConfig } from '#lib/source/connect.ts';
import { collectionPath, headersOf } from '#lib/source/dataset-request.ts';
import { firstParents } from '#lib/source/relationship/first-rows.ts';
import { findExtensions } from './extensions.ts';
import { findColumns, findSecurityAttributes, profileColumns } from './profile.ts';

/** Sampling slots for datasets of the directory. Datasets of other services, whose quotas are small, share one further slot. */
const DIRECTORY_SLOTS = 3;
/** Number of parents whose children are requested where Graph allows one request per one or two seconds. */
const SLOW_PARENTS_MAX = 3;
/** For the rows of one dataset. */
const TIMEOUT_MS = 120_000;
/** Longest `$select`, characters: beyond it the URL may be refused. */
const SELECT_MAX = 6000;

export interface SampleMetadataInput {
  readonly connection: SourceConnection;
  readonly datasets: readonly DatasetDefinition[];
  /** Rows of each dataset. */
  readonly rows: number;
  /** Of the token. */
  readonly permissions: readonly string[];
}

/**
 * Looks at live rows of datasets: what $metadata doesn't say of their columns, and columns that it doesn't have. Yields each result as it
 * comes. One dataset that can't be read doesn't hold up the others.
 */
export async function* sampleMetadata(
  config: SourceConfig,
  input: SampleMetadataInput,
  signal: AbortSignal,
): AsyncGenerator<{ readonly dataset: string; readonly result: SampledDataset }> {
  const connection = openConnection(config, input.connection);
  const { graph } = connection;
  const { rows, permissions, datasets } = input;
  try {
    const extensions = await findExtensions(graph, signal);
    const sample = async (dataset: DatasetDefinition) => {
      signal.throwIfAborted();
      const type = dataset.entityType.split('.').at(-1)?.toLowerCase() ?? '';
      const extra = extensions.columns.get(type) ?? [];
      return {
        dataset: dataset.name,
        result: await sampleOne({ graph, dataset, extra, options: { rows, permissions, signal } }),
      };
    };
    yield* mergeAsync([
      mapConcurrently(datasets.filter(isDirectory), DIRECTORY_SLOTS, sample),
      mapConcurrently(
        datasets.filter((dataset) => !isDirectory(dataset)),
        1,
        sample,
      ),
    ]);
  } finally {
    await connection.close();
  }
}

function isDirectory({ read }: DatasetDefinition): boolean {
  return read.throttling === 'directory';
}

/** One dataset, and how to look at it. */
export interface SampleRequest {
  readonly graph: GraphClient;
  readonly dataset: DatasetDefinition;
  /** Extensions of the type, which only `$select` brings. */
  readonly extra: readonly Column[];
  readonly options: Pick<SampleMetadataInput, 'rows' | 'permissions'> & { readonly signal: AbortSignal };
}

/** Looks at rows of one dataset; what goes wrong is in the result. @throws what stopped it; nothing else */
export async function sampleOne(sample: SampleRequest): Promise<SampledDataset> {
  const { dataset, extra, options } = sample;
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const own = dataset.columns.filter((column) => column.permission === null && column.licence === null);
  const known = new Set(dataset.columns.map((column) => column.sourcePath));
  const asked = dataset.read.select ? [...own, ...extra.filter(({ sourcePath }) => !known.has(sourcePath))] : own;
  // Lists of objects of mixed types contain the properties of each type: those are columns of the types' own
  // datasets. Child objects are requested only once, since each parent needs a request.
  const polymorphic = dataset.entityType === 'microsoft.graph.directoryObject' || dataset.parent !== null;
  const columns: SampledColumn[] = [];
  let rows = 0;
  try {
    for (const group of selectGroups(asked)) {
      const found = await readRows(sample, group, signal);
      rows = Math.max(rows, found.length);
      columns.push(...profileColumns(group, found));
      if (!dataset.read.select && !polymorphic) columns.push(...findColumns(dataset.columns, found));
    }
    if (dataset.read.select && !polymorphic)
      columns.push(...findColumns([...dataset.columns, ...extra], await readRows(sample, [], signal)));
    columns.push(...(await securityAttributes(sample, signal)));
    return { rows, columns, problem: null };
  } catch (error) {
    options.signal.throwIfAborted();
    const { title, detail } = datasetProblem(error);
    return { rows, columns, problem: detail === undefined ? title : `${title} ${detail}` };
  }
}

/** Columns that one `$select` can name together: none that refuse each other, and no longer than a URL may be. */
function selectGroups(columns: readonly Column[]): readonly (readonly Column[])[] {
  const groups: { columns: Column[]; length: number }[] = [];
  for (const column of columns) {
    const fits = ({ columns: others, length }: (typeof groups)[number]) =>
      length + column.sourcePath.length < SELECT_MAX &&
      !others.some((other) => other.conflictsWith.includes(column.sourcePath) || column.conflictsWith.includes(other.sourcePath));
    const group = groups.find(fits);
    if (group === undefined) groups.push({ columns: [column], length: column.sourcePath.length });
    else {
      group.columns.push(column);
      group.length += column.sourcePath.length + 1;
    }
  }
  return groups.map((group) => group.columns);
}

/**
 * First rows with these columns; with none as Graph returns them by default. A property that a list refuses (501, 400) fails the whole
 * request: then only the selected ones are requested.
 */
async function readRows(sample: SampleRequest, columns: readonly Column[], signal: AbortSignal): Promise<readonly Row[]> {
  try {
    return await readFirst(sample, columns, signal);
  } catch (error) {
    if (!(error instanceof GraphError) || (error.status !== 400 && error.status !== 501)) throw error;
    const selected = columns.filter((column) => column.selected || column.key);
    if (selected.length === columns.length) throw error;
    return readFirst(sample, selected, signal);
  }
}

async function readFirst(
  { graph, dataset, options }: SampleRequest,
  columns: readonly Column[],
  signal: AbortSignal,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  if (dataset.parent !== null) {
    const parents = await firstParents(graph, dataset, { top: isDirectory(dataset) ? BATCH_MAX : SLOW_PARENTS_MAX, signal });
    return (await childrenOf({ graph, dataset, columns, parents, top: options.rows, signal })).slice(0, options.rows);
  }
  const url = `${graph.baseUrl}${collectionPath(dataset, columns, { top: options.rows })}`;
  for await (const { body } of readPages(graph, { url, headers: headersOf(dataset), signal })) {
    rows.push(...readList(body).rows);
    if (rows.length >= options.rows) break;
  }
  return rows.slice(0, options.rows);
}

/** Children of some parents in one batch. A parent without the requested object (404: a user without manager) has no rows. */
async function childrenOf(ask: {
  readonly graph: GraphClient;
  readonly dataset: DatasetDefinition;
  readonly columns: readonly Column[];
  readonly parents: readonly string[];
  readonly top: number;
  readonly signal: AbortSignal;
}): Promise<readonly Row[]> {
  const { graph, dataset, columns, parents, top, signal } = ask;
  if (parents.length === 0) return [];
  const headers = headersOf(dataset);
  const items = parents.map((parentId) => ({ url: collectionPath(dataset, columns, { parentId, top }), headers }));
  const { results } = await sendBatch(graph, items, signal);
  return results.flatMap((result, index) => {
    if (!result.ok && result.error.status === 404) return [];
    if (!result.ok) throw result.error;
    return toListAnswer(result.body).rows.map((row) => ({ ...row, '@parent.id': parents[index] }));
  });
}

/** Where the token may read it: a column with its own permission, requested separately. */
async function securityAttributes(sample: SampleRequest, signal: AbortSignal): Promise<readonly SampledColumn[]> {
  const { dataset, options } = sample;
  const column = dataset.columns.find(({ sourcePath }) => sourcePath === 'customSecurityAttributes');
  if (column === undefined || (column.permission !== null && !options.permissions.includes(column.permission))) return [];
  try {
    const rows = await readFirst(sample, [...dataset.columns.filter(({ key }) => key), column], signal);
    return [...profileColumns([column], rows), ...findSecurityAttributes(column, rows)];
  } catch (error) {
    // The account may lack the directory role for them: the other columns are of use without.
    if (error instanceof GraphError && error.status === 403) return [];
    throw error;
  }
}
