import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { type Part, partFilter, partRowsMax, type SplitRule, splitRulesOf } from '#lib/domain/dataset/partition.ts';
import type { GraphClient } from '#lib/graph/client/client.ts';
import { type FoundParts, type PartStart, readParts } from '#lib/graph/paging/read-parts.ts';
import { splitCollection } from '#lib/graph/paging/split-collection.ts';
import type { Page } from '#lib/reload/engine/ports.ts';
import { collectionPath, headersOf } from '#lib/source/dataset-request.ts';
import { ColumnRepair, type OmittedColumns } from './column-repair.ts';
import { countParts } from './count-rows.ts';
import { isStarted, NOT_STARTED, readPartCursor, writePartCursor } from './part-cursor.ts';
import { hasOwnActivityPass, SignInActivity, withoutSignInActivity } from './sign-in-activity.ts';

export interface ReadEntityOptions {
  readonly cursor: string | null;
  readonly signal: AbortSignal;
  /** As `chooseStrategy` chose it for the same cursor. */
  readonly strategy: ReadStrategy;
  readonly omitted: OmittedColumns;
  readonly readBefore?: ReadonlySet<string> | undefined;
}

/** How a collection is read from its start or from a cursor. */
export interface ReadStrategy {
  readonly ready: readonly PartStart[];
  readonly open: readonly PartStart[];
  readonly found: AsyncIterable<FoundParts> | null;
  readonly notes: string[];
  /** Requests that choosing the strategy has cost since this was last asked. */
  readonly takeRequests: () => number;
}

/**
 * The pages of a collection: in parallel parts where documented filters split it and the counts of the parts sum up to Graph's
 * count, else one page after the other.
 */
export async function* readEntity(
  graph: GraphClient,
  dataset: DatasetDefinition,
  options: ReadEntityOptions,
): AsyncGenerator<Page> {
  if (hasOwnActivityPass(dataset)) yield* readWithActivity(graph, dataset, options);
  else yield* readListed(graph, dataset, options);
}

const NO_ROWS = Buffer.from('{"value":[]}');

/** Sign-in activity first, at its own pace, then everything else as fast as it goes, joined by id. */
async function* readWithActivity(
  graph: GraphClient,
  dataset: DatasetDefinition,
  options: ReadEntityOptions,
): AsyncGenerator<Page> {
  const activity = new SignInActivity();
  const repair = new ColumnRepair(graph, dataset, options);
  try {
    // A resumed run reads the activity again, since it is staged only after the rest.
    const cursor = options.cursor ?? NOT_STARTED;
    for await (const cost of activity.read(graph, dataset, { signal: options.signal, repair }))
      yield { body: NO_ROWS, cursor, ...cost, ...repair.unreadColumns };
    for await (const page of readListed(graph, withoutSignInActivity(dataset), options))
      yield { ...page, body: activity.addTo(page.body) };
  } finally {
    activity.close();
  }
}

async function* readListed(
  graph: GraphClient,
  dataset: DatasetDefinition,
  { signal, strategy, omitted, readBefore }: ReadEntityOptions,
): AsyncGenerator<Page> {
  const columns = new ColumnRepair(graph, dataset, { signal, omitted, readBefore });
  const pages = readParts(
    {
      client: graph,
      urlOf: (part) => `${graph.baseUrl}${collectionPath(dataset, columns.columns, { part })}`,
      headers: headersOf(dataset),
      retry: (error, refusals) => columns.retry(error, refusals),
      repair: (error) => columns.repair(error),
      restartable: columns.columns.some((column) => column.key),
      signal,
    },
    strategy,
    strategy.found,
  );
  for await (const { remaining, notes, requests, body, throttledMs } of pages) {
    const allNotes = [...notes, ...(remaining.length === 0 ? strategy.notes : [])];
    const cursor = writePartCursor(remaining);
    yield {
      body: dataset.read.single ? asPage(body) : body,
      cursor,
      requests: requests + strategy.takeRequests() + columns.takeRequests(),
      throttledMs,
      ...columns.unreadColumns,
      ...(allNotes.length === 0 ? {} : { notes: allNotes }),
    };
  }
}

/** One object as a page of one row. */
function asPage(object: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from('{"value":['), object, Buffer.from(']}')]);
}

export interface ChooseStrategyOptions {
  readonly cursor: string | null;
  readonly signal: AbortSignal;
  /** Rows that Graph counted; null = unknown, then it is read one page after the other. */
  readonly total: number | null;
}

/** What the cursor says is left; at the start the parts of the first rule whose parts add up to `total`, or the whole as the only one. */
export async function chooseStrategy(
  graph: GraphClient,
  dataset: DatasetDefinition,
  { cursor, signal, total }: ChooseStrategyOptions,
): Promise<ReadStrategy> {
  const straight = { open: [], found: null, takeRequests: () => 0 };
  if (isStarted(cursor)) return { ...straight, ready: readPartCursor(cursor).map((part) => ({ ...part, rows: 0 })), notes: [] };
  const whole: PartStart = { filter: '', link: null, rows: total ?? 0 };
  const pageSize = dataset.read.pageSizeMax;
  const rowsMax = pageSize === null || total === null ? null : partRowsMax(total, pageSize);
  const rules = splitRulesOf(dataset);
  if (rowsMax === null || pageSize === null || rules.length === 0) return { ...straight, ready: [whole], notes: [] };
  let requests = 0;
  const takeRequests = (): number => {
    const taken = requests;
    requests = 0;
    return taken;
  };
  for (const rule of rules) {
    const count = async (parts: readonly string[]) => {
      const counts = await countParts(graph, dataset, parts, signal);
      requests += counts.requests;
      return counts.rows;
    };
    const split = await splitCollection({ rule, count, pageSize, rowsMax, now: graph.clock.now() });
    if (split === null) continue;
    return { ...strategyOf(rule, split), takeRequests };
  }
  const tried = rules.map(({ property }) => property).join(' and ');
  return {
    ...straight,
    takeRequests,
    ready: [whole],
    notes: [`Read one page after the other, because the parts by ${tried} do not add up to the ${total} rows that Graph counts.`],
  };
}

type Split = NonNullable<Awaited<ReturnType<typeof splitCollection>>>;

function strategyOf(rule: SplitRule, { first, deeper }: Split): Omit<ReadStrategy, 'takeRequests'> {
  const notes: string[] = [];
  let parts = 0;
  const starts = (some: readonly Part[]): PartStart[] => {
    parts += some.length;
    notes[0] = `Read in ${parts} parts in parallel, by ${rule.property}.`;
    return some.map((part) => startOf(rule, part));
  };
  const openOf = (open: typeof first.open): PartStart[] => open.map(({ span, rows }) => startOf(rule, { spans: [span], rows }));
  async function* found(): AsyncGenerator<FoundParts> {
    for await (const { ready, open } of deeper()) yield { ready: starts(ready), open: openOf(open) };
  }
  return { ready: starts(first.ready), open: openOf(first.open), found: found(), notes };
}

function startOf(rule: SplitRule, { spans, rows }: Part): PartStart {
  const start = { filter: partFilter(rule, spans), link: null, rows };
  if (spans.length === 1) return start;
  // Where a tenant takes no `or` here, the spans are read one by one.
  return { ...start, fallbacks: spans.map((span) => ({ filter: partFilter(rule, [span]), link: null, rows: 0 })) };
}
