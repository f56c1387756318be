import { z } from 'zod';
import type { DatasetDefinition } from '#lib/domain/dataset.ts';
import { sendBatch } from '#lib/graph/batch.ts';
import { BATCH_MAX } from '#lib/graph/batch-wire.ts';
import type { GraphClient } from '#lib/graph/client.ts';
import type { GraphError } from '#lib/graph/graph-error.ts';
import { readPages } from '#lib/graph/pages.ts';
import type { Page } from '#lib/reload/ports.ts';
import { ADVANCED, collectionPath, columnsToRead, parentsPath } from './dataset-request.ts';

/** Batches under way at once; Graph's own advice is a handful. */
const BATCHES_AT_ONCE = 4;

/**
 * Where a relationship goes on: parents of the page under way whose children are still to be read, by id, and the page after it. Positions
 * would not do: when a parent vanishes between a crash and the going on, they shift, and another parent is passed over in silence.
 */
const Cursor = z.object({ remaining: z.array(z.string()), nextUrl: z.string().nullable() });
type Cursor = z.infer<typeof Cursor>;

/** What versions before wrote; only runs that were under way when Entrada was upgraded hold one. */
const PositionalCursor = z.object({ url: z.string(), done: z.number().int().nonnegative() });

const ParentPage = z.object({ value: z.array(z.record(z.string(), z.unknown())) });

interface ChildPage {
  readonly value?: readonly Record<string, unknown>[];
  readonly '@odata.nextLink'?: string;
}

/**
 * Children of every parent: pages of parents' ids, and their children by `$batch` of 20. Each row carries `@parent.id`. A parent that
 * vanished meanwhile has no children and a note; any other refusal ends the reading, since rows would be missing.
 */
export async function* readRelationship(
  graph: GraphClient,
  dataset: DatasetDefinition,
  { cursor, signal }: { readonly cursor: string | null; readonly signal: AbortSignal },
): AsyncGenerator<Page> {
  for await (const parents of readParents(graph, dataset, cursor, signal)) {
    let { requests, throttledMs } = parents;
    let { remaining } = parents;
    // A page without parents still moves the cursor on.
    do {
      const children = await readChildren(graph, dataset, remaining.slice(0, STEP), signal);
      remaining = remaining.slice(STEP);
      const ended = remaining.length === 0 && parents.nextUrl === null;
      yield {
        body: children.body,
        notes: children.notes,
        cursor: ended ? null : JSON.stringify({ remaining, nextUrl: parents.nextUrl } satisfies Cursor),
        requests: requests + children.requests,
        throttledMs: throttledMs + children.throttledMs,
      };
      requests = 0;
      throttledMs = 0;
    } while (remaining.length > 0);
  }
}

/** Children of these parents alone, some parents a page; a parent that is gone has none. */
export async function* readChildrenOf(
  graph: GraphClient,
  dataset: DatasetDefinition,
  ids: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<Omit<Page, 'cursor'>> {
  for (let at = 0; at < ids.length; at += STEP) yield readChildren(graph, dataset, ids.slice(at, at + STEP), signal);
}

/** Parents whose children are read between two checkpoints. */
const STEP = BATCH_MAX * BATCHES_AT_ONCE;

interface Parents extends Cursor {
  readonly requests: number;
  readonly throttledMs: number;
}

/** Ids of the parents, page by page, from where the cursor stands. */
async function* readParents(
  graph: GraphClient,
  dataset: DatasetDefinition,
  cursor: string | null,
  signal: AbortSignal,
): AsyncGenerator<Parents> {
  const from = z
    .union([Cursor, PositionalCursor])
    .parse(cursor === null ? { url: `${graph.baseUrl}${parentsPath(dataset)}`, done: 0 } : JSON.parse(cursor));
  if ('remaining' in from && from.remaining.length > 0) yield { ...from, requests: 0, throttledMs: 0 };
  let skip = 'done' in from ? from.done : 0;
  const url = 'done' in from ? from.url : from.nextUrl;
  if (url === null) return;
  for await (const { body, nextLink, requests, throttledMs } of readPages(graph, { url, signal })) {
    const { value } = ParentPage.parse(JSON.parse(Buffer.from(body).toString('utf8')));
    const ids = value.map((row) => z.string().parse(row[dataset.parent?.key ?? 'id']));
    yield { remaining: ids.slice(skip), nextUrl: nextLink, requests, throttledMs };
    skip = 0;
  }
}

async function readChildren(graph: GraphClient, dataset: DatasetDefinition, ids: readonly string[], signal: AbortSignal) {
  const groups: string[][] = [];
  for (let at = 0; at < ids.length; at += BATCH_MAX) groups.push(ids.slice(at, at + BATCH_MAX));
  const parts = await Promise.all(groups.map((group) => readGroup(graph, dataset, group, signal)));
  const rows = parts.flatMap((part) => part.rows);
  return {
    body: Buffer.from(JSON.stringify({ value: rows })),
    notes: parts.flatMap((part) => part.notes),
    requests: parts.reduce((sum, part) => sum + part.requests, 0),
    throttledMs: parts.reduce((sum, part) => sum + part.throttledMs, 0),
  };
}

async function readGroup(graph: GraphClient, dataset: DatasetDefinition, ids: readonly string[], signal: AbortSignal) {
  const columns = columnsToRead(dataset);
  const headers = dataset.read.advancedQuery ? { ConsistencyLevel: 'eventual' } : undefined;
  const items = ids.map((parentId) => ({
    url: collectionPath(dataset, columns, { parentId }),
    ...(headers === undefined ? {} : { headers }),
  }));
  const answer = await sendBatch(graph, items, signal);
  const rows: Record<string, unknown>[] = [];
  const notes: string[] = [];
  let { requests, throttledMs } = answer;
  for (const [index, result] of answer.results.entries()) {
    const parentId = ids[index] ?? '';
    if (!result.ok) {
      const note = vanished(dataset, parentId, result.error);
      if (note !== null) notes.push(note);
      continue;
    }
    const first = result.body as ChildPage;
    addRows(rows, first, parentId);
    const link = first['@odata.nextLink'];
    if (link === undefined) continue;
    for await (const page of readPages(graph, { url: link, headers: dataset.read.advancedQuery ? ADVANCED : {}, signal })) {
      addRows(rows, JSON.parse(Buffer.from(page.body).toString('utf8')) as ChildPage, parentId);
      requests += page.requests;
      throttledMs += page.throttledMs;
    }
  }
  return { rows, notes, requests, throttledMs };
}

/** A relation to one object answers that object instead of a list. */
function addRows(rows: Record<string, unknown>[], page: ChildPage, parentId: string): void {
  for (const row of page.value ?? [page]) rows.push({ ...row, '@parent.id': parentId });
}

/** A parent deleted since its page was read (404) is no fault; of a relation to one object it says that there is none. */
function vanished(dataset: DatasetDefinition, parentId: string, error: GraphError): string | null {
  if (error.status !== 404) throw error;
  if (dataset.read.single) return null;
  return `${dataset.parent?.path ?? ''}/${parentId} was deleted while reading; it has no rows.`;
}
