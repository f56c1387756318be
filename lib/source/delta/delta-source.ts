import { type DatasetDefinition, withoutColumns } from '#lib/domain/dataset/dataset.ts';
import { IN_VALUES_MAX } from '#lib/domain/filter/filter-literal.ts';
import { sendBatch } from '#lib/graph/batch/batch.ts';
import { BATCH_MAX } from '#lib/graph/batch/batch-wire.ts';
import type { GraphClient } from '#lib/graph/client/client.ts';
import { GraphError } from '#lib/graph/client/graph-error.ts';
import {
  fetchLatestDeltaLink,
  followDelta,
  isDeltaLinkOf,
  isResyncRequired,
  RESTART_DELTA_CODES,
} from '#lib/graph/paging/delta.ts';
import { readPages } from '#lib/graph/paging/pages.ts';
import { AppError } from '#lib/platform/errors.ts';
import { ChangesLostError } from '#lib/reload/engine/changes-lost.ts';
import type { ChangePage, ChangesOptions } from '#lib/reload/engine/ports.ts';
import { ColumnRepair, type ColumnRepairOptions, type OmittedColumns } from '#lib/source/collection/column-repair.ts';
import { collectionPath, objectPath, rootOf } from '#lib/source/dataset-request.ts';
import { readGroupsOf } from '#lib/source/relationship/groups-of.ts';
import { findHiddenMembers, type HiddenMembers, NONE_HIDDEN, type ReadGranted } from '#lib/source/relationship/hidden-members.ts';
import { readChildrenOf } from '#lib/source/relationship/relationship-source.ts';
import { type DeltaCollection, type DeltaQuery, deltaQueryOf } from './delta-query.ts';
import { type DeltaToken, readDeltaToken, writeDeltaToken } from './delta-token.ts';

/** Batches under way at once when rows are read again. */
const BATCHES_AT_ONCE = 4;
const STEP = BATCH_MAX * BATCHES_AT_ONCE;
/** Ids of a page that has no rows. */
const IDS_A_PAGE = 1000;
const NO_ROWS = Buffer.from('{"value":[]}');

/**
 * The delta links of now; null where there is no delta query, or Graph refuses it for these columns. What Graph refuses is asked for again
 * without the columns that the list is proven to refuse as well.
 */
export async function takeDeltaToken(
  graph: GraphClient,
  dataset: DatasetDefinition,
  { signal, omitted }: ColumnRepairOptions & { readonly omitted: OmittedColumns },
): Promise<string | null> {
  const query = deltaQueryOf(dataset);
  if (query === null) return null;
  const columns = new ColumnRepair(graph, dataset, { signal, omitted });
  const watchOwn = (): DeltaCollection => deltaQueryOf(withoutColumns(dataset, new Set(omitted.keys())))?.own ?? query.own;
  const [own = null, ...members] = await Promise.all([
    lastingRefusalAsNull(() => columns.sendRepaired(() => takeLink(graph, watchOwn(), signal))),
    ...query.members.map((watch) => lastingRefusalAsNull(() => takeLink(graph, watch, signal))),
  ]);
  return own === null ? null : writeDeltaToken({ own, members: linksOf(query, members) });
}

function linksOf({ members }: DeltaQuery, links: readonly (string | null)[]): DeltaToken['members'] {
  return new Map(members.map(({ collection }, index) => [collection, links[index] ?? null]));
}

function takeLink(graph: GraphClient, { collection, select }: DeltaCollection, signal: AbortSignal): Promise<string> {
  const selected = select.length === 0 ? '' : `&$select=${select.map(encodeURIComponent).join(',')}`;
  return fetchLatestDeltaLink(graph, `${graph.baseUrl}${collection}/delta?$deltaToken=latest${selected}`, signal);
}

/** What is refused here either doesn't matter (the plain list still answers) or is refused again, in words, by the list. */
async function lastingRefusalAsNull(take: () => Promise<string>): Promise<string | null> {
  try {
    return await take();
  } catch (error) {
    if (error instanceof GraphError && [400, 403, 404, 410, 501].includes(error.status)) return null;
    if (error instanceof AppError && RESTART_DELTA_CODES.has(error.code)) return null;
    throw error;
  }
}

/**
 * Which ids changed since the delta token, and their rows as they are now. A row of delta query may hold only some properties, and the same
 * object may come several times in any order: so rows are never taken from it but read again by id.
 */
export async function* readChanges(
  graph: GraphClient,
  dataset: DatasetDefinition,
  options: ReadChangesOptions,
): AsyncGenerator<ChangePage> {
  try {
    yield* readRounds(graph, dataset, options);
  } catch (error) {
    // Refused for good, in whatever words: a full reading finds out whether Graph refuses the rows as well, and says so.
    if (!(error instanceof GraphError) || ![400, 403, 404, 501].includes(error.status)) throw error;
    const { title, detail = title } = error.problem;
    throw new ChangesLostError(`Graph refuses to tell what changed (${error.status}: ${detail.replace(/[\s.]+$/, '')}).`, {
      cause: error,
    });
  }
}

export interface ReadChangesOptions extends ChangesOptions {
  readonly omitted: OmittedColumns;
  /** What the token may do; unknown when it is left out. */
  readonly readGranted?: ReadGranted;
}

/**
 * Delta query doesn't tell of parents whose members can't be seen: all that hide theirs are asked each time, so that a run names those. The
 * others were proven when everything was read, and delta query tells of them.
 */
async function* reportHiddenParents(
  graph: GraphClient,
  dataset: DatasetDefinition,
  {
    hidden,
    reported,
    ...options
  }: ColumnRepairOptions & { readonly hidden: HiddenMembers; readonly reported: ReadonlySet<string> },
): AsyncGenerator<ChangePage> {
  const ids = hidden.ids.filter((id) => !reported.has(id));
  if (ids.length === 0) return;
  for await (const page of readChildrenOf(graph, dataset, ids, { ...options, hidden: hidden.why }))
    yield { ...page, body: NO_ROWS, changedIds: [], deltaToken: null };
}

async function* readRounds(
  graph: GraphClient,
  dataset: DatasetDefinition,
  { deltaToken, rows, changedIdsMax, signal, omitted, readBefore, readGranted = async () => null }: ReadChangesOptions,
): AsyncGenerator<ChangePage> {
  const query = deltaQueryOf(dataset);
  if (query === null) throw new TypeError(`${dataset.name} has no delta query`);
  const columns = new ColumnRepair(graph, dataset, { signal, omitted, readBefore });
  const reported = await readReported(graph, dataset, query, { deltaToken, changedIdsMax, signal, columns });
  const hidden = rows ? await findHiddenMembers(graph, dataset, { readGranted, signal }) : NONE_HIDDEN;
  let { requests, throttledMs } = reported;
  requests += hidden.requests;
  const cost = (): { requests: number; throttledMs: number } => {
    const since = { requests, throttledMs };
    requests = 0;
    throttledMs = 0;
    return since;
  };
  if (rows) {
    const present = reported.ids.filter(([, gone]) => !gone).map(([id]) => id);
    yield* reportHiddenParents(graph, dataset, { hidden, reported: new Set(present), signal, omitted, readBefore });
    for (let at = 0; at < present.length; at += STEP) {
      const ids = present.slice(at, at + STEP);
      const pages =
        dataset.parent === null
          ? readRows(graph, dataset, { ids, signal, columns })
          : readChildrenOf(graph, dataset, ids, { signal, omitted, readBefore, hidden: hidden.why });
      let changedIds = ids;
      for await (const page of pages) {
        requests += page.requests + columns.takeRequests();
        throttledMs += page.throttledMs;
        yield { ...page, ...columns.unreadColumns, ...cost(), changedIds, deltaToken: null };
        changedIds = [];
      }
    }
  }
  const bare = reported.ids.filter(([, gone]) => gone || !rows).map(([id]) => id);
  for (let at = 0; at < bare.length; at += IDS_A_PAGE)
    yield { body: NO_ROWS, changedIds: bare.slice(at, at + IDS_A_PAGE), deltaToken: null, ...cost() };
  yield { body: NO_ROWS, changedIds: [], deltaToken: reported.deltaToken, ...cost() };
}

interface Reported {
  /** Ids of the scope; true when all that was said of one is that it is removed. */
  readonly ids: readonly (readonly [id: string, gone: boolean])[];
  readonly deltaToken: string;
  readonly requests: number;
  readonly throttledMs: number;
}

/** What a round tells of the scope, and of members that changed by themselves. */
async function readReported(
  graph: GraphClient,
  dataset: DatasetDefinition,
  query: DeltaQuery,
  {
    deltaToken,
    changedIdsMax,
    signal,
    columns,
  }: Pick<ChangesOptions, 'deltaToken' | 'changedIdsMax' | 'signal'> & { columns: ColumnRepair },
): Promise<Reported> {
  const links = readDeltaToken(deltaToken);
  if (links === null) throw new ChangesLostError('What was saved of the last round of changes is not readable.');
  const [own, ...rounds] = await Promise.all([
    columns.sendRepaired(() =>
      readRound(graph, query.own, { link: asSelected(links.own, dataset, columns), changedIdsMax, signal }),
    ),
    ...query.members.map(async (watch) => {
      const link = links.members.get(watch.collection) ?? null;
      return link === null ? readNone(graph, watch, signal) : readMembers(graph, dataset, watch, { link, changedIdsMax, signal });
    }),
  ]);
  const ids = new Map(own.ids);
  for (const id of rounds.flatMap(({ groups }) => [...groups])) ids.set(id, ids.get(id) ?? false);
  if (ids.size > changedIdsMax) throw tooMany(changedIdsMax);
  const sum = (of: 'requests' | 'throttledMs'): number => [own, ...rounds].reduce((total, round) => total + round[of], 0);
  const requests = sum('requests') + columns.takeRequests();
  const members = linksOf(
    query,
    rounds.map(({ link }) => link),
  );
  const next = writeDeltaToken({ own: own.link, members });
  return { ids: [...ids], deltaToken: next, requests, throttledMs: sum('throttledMs') };
}

/** The link without the properties that are not asked for any more, where it names what it selects (in most its token does). */
function asSelected(link: string, dataset: DatasetDefinition, { columns }: ColumnRepair): string {
  const url = URL.parse(link);
  if (url === null) return link;
  const selected = url.searchParams.get('$select');
  const kept = new Set(columns.map(rootOf));
  const left = new Set(dataset.columns.map(rootOf).filter((name) => !kept.has(name)));
  const names = selected?.split(',') ?? [];
  if (names.every((name) => !left.has(name))) return link;
  url.searchParams.set('$select', names.filter((name) => !left.has(name)).join(','));
  return url.href;
}

/** Members whose kind may not be read have no properties that could change; once it may, all of theirs have. */
async function readNone(graph: GraphClient, watch: DeltaCollection, signal: AbortSignal) {
  if ((await lastingRefusalAsNull(() => takeLink(graph, watch, signal))) !== null)
    throw new ChangesLostError(`Graph tells of changes in ${watch.collection} now, but didn't before.`);
  return { groups: [], link: null, requests: 1, throttledMs: 0 };
}

interface RoundOptions extends Pick<ChangesOptions, 'changedIdsMax' | 'signal'> {
  readonly link: string;
}

/** The groups of the members that changed. */
async function readMembers(
  graph: GraphClient,
  dataset: DatasetDefinition,
  watch: DeltaCollection,
  { link, changedIdsMax, signal }: RoundOptions,
) {
  const { collection } = watch;
  const round = await readRound(graph, watch, { link, changedIdsMax, signal });
  const ids = round.ids.filter(([, gone]) => !gone).map(([id]) => id);
  const found = await readGroupsOf(graph, dataset, { collection, ids, signal });
  const requests = round.requests + found.requests;
  return { groups: found.groups, link: round.link, requests, throttledMs: round.throttledMs + found.throttledMs };
}

/** Ids of a whole round of one collection; `gone` when all that was said of one is that it is removed. */
async function readRound(graph: GraphClient, { collection }: DeltaCollection, { link, changedIdsMax, signal }: RoundOptions) {
  if (!isDeltaLinkOf(link, graph, collection)) throw new ChangesLostError(`The saved delta link is not one of ${collection}.`);
  const gone = new Map<string, boolean>();
  let next = '';
  let requests = 0;
  let throttledMs = 0;
  try {
    for await (const page of followDelta(graph, link, signal)) {
      requests += page.requests;
      throttledMs += page.throttledMs;
      for (const { id, removed } of page.items) gone.set(id, (gone.get(id) ?? true) && removed);
      if (gone.size > changedIdsMax) throw tooMany(changedIdsMax);
      next = page.deltaLink ?? next;
    }
  } catch (error) {
    if (error instanceof AppError && RESTART_DELTA_CODES.has(error.code)) {
      const { title, detail } = error.problem;
      throw new ChangesLostError(`What changed could not be read: ${title}${detail === undefined ? '' : ` ${detail}`}`, {
        cause: error,
      });
    }
    if (isResyncRequired(error)) throw new ChangesLostError('Graph no longer knows what changed since then.', { cause: error });
    throw error;
  }
  return { ids: [...gone], link: next, requests, throttledMs };
}

function tooMany(changedIdsMax: number): ChangesLostError {
  return new ChangesLostError(`More than ${changedIdsMax} rows changed: reading everything is faster.`);
}

type RowsPage = Omit<ChangePage, 'changedIds' | 'deltaToken'>;

interface ReadRowsOptions {
  readonly ids: readonly string[];
  readonly signal: AbortSignal;
  readonly columns: ColumnRepair;
}

async function* readRows(graph: GraphClient, dataset: DatasetDefinition, options: ReadRowsOptions): AsyncGenerator<RowsPage> {
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
