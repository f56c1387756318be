import type { DatasetDefinition } from '#lib/domain/dataset.ts';
import { sendBatch } from '#lib/graph/batch.ts';
import { BATCH_MAX } from '#lib/graph/batch-wire.ts';
import type { GraphClient } from '#lib/graph/client.ts';
import { followDelta, isResync, takeDeltaLink } from '#lib/graph/delta.ts';
import { GraphError } from '#lib/graph/graph-error.ts';
import { ChangesLostError } from '#lib/reload/changes-lost.ts';
import type { ChangePage, ChangeScope, ChangesOptions } from '#lib/reload/ports.ts';
import { columnsToRead, objectPath, rootOf, selectedProperties } from './dataset-request.ts';
import { readChildrenOf } from './relationship-source.ts';

/** Batches under way at once when rows are read again. */
const BATCHES_AT_ONCE = 4;
const STEP = BATCH_MAX * BATCHES_AT_ONCE;
/** Ids of a page that has no rows. */
const IDS_A_PAGE = 1000;
const NO_ROWS = Buffer.from('{"value":[]}');

/** Kept outside of the directory's own store, so that delta query doesn't tell of them (Graph docs "Use delta query", limitations). */
const UNTOLD_PROPERTIES = new Set([
  'signInActivity',
  'customSecurityAttributes',
  'licenseAssignmentStates',
  'print',
  'mailboxSettings',
]);
/** Columns of group members that a change of the membership can change. */
const MEMBERSHIP_PATHS = new Set(['@parent.id', 'id', '@odata.type']);

/** What is asked of delta query for a dataset. */
interface DeltaQuery extends ChangeScope {
  readonly collection: string;
  /** Names for `$select`: only their changes are told. */
  readonly select: readonly string[];
}

/** What changes are told by: rows of a directory collection by id, members of groups by group; null without delta query. */
export function changeScope(dataset: DatasetDefinition): ChangeScope | null {
  const query = deltaQueryOf(dataset);
  return query === null ? null : { column: query.column, untold: query.untold };
}

function deltaQueryOf(dataset: DatasetDefinition): DeltaQuery | null {
  // Delta query takes no $filter but ids: whether a changed row still passes isn't told.
  if (dataset.filter !== null || dataset.child !== null || dataset.kind === 'child') return null;
  const columns = columnsToRead(dataset);
  if (dataset.parent === null) {
    const [key, ...others] = columns.filter((column) => column.key);
    const { delta, expand, select } = dataset.read;
    if (!delta || key?.sourcePath !== 'id' || others.length > 0) return null;
    // Of what can be expanded, only the manager of a user is watched; without $select everything else is.
    const isTold = (name: string): boolean => !UNTOLD_PROPERTIES.has(name) && (name !== expand || name === 'manager');
    const names = [...selectedProperties(dataset, columns), ...(expand === 'manager' ? [expand] : [])].filter(isTold);
    const untold = columns.filter((column) => !isTold(rootOf(column))).map(({ name }) => name);
    return { collection: dataset.path, select: select ? names : [], column: key.name, untold };
  }
  const parentKey = columns.find((column) => column.sourcePath === '@parent.id');
  if (dataset.path !== '/groups/{id}/members' || parentKey === undefined) return null;
  const untold = columns.filter(({ sourcePath }) => !MEMBERSHIP_PATHS.has(sourcePath));
  return { collection: '/groups', select: ['members'], column: parentKey.name, untold: untold.map(({ name }) => name) };
}

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
      const pages = dataset.parent === null ? readRows(graph, dataset, ids, signal) : readChildrenOf(graph, dataset, ids, signal);
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

/** Rows by id, in batches; one that is gone by now (404) is left out. */
async function* readRows(
  graph: GraphClient,
  dataset: DatasetDefinition,
  ids: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<Omit<ChangePage, 'touched' | 'mark'>> {
  const groups: string[][] = [];
  for (let at = 0; at < ids.length; at += BATCH_MAX) groups.push(ids.slice(at, at + BATCH_MAX));
  const answers = await Promise.all(
    groups.map((group) =>
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
