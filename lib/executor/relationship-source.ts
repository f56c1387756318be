import { z } from 'zod';
import type { DatasetDefinition } from '#lib/domain/dataset.ts';
import { BATCH_MAX, sendBatch } from '#lib/graph/batch.ts';
import type { GraphClient } from '#lib/graph/client.ts';
import type { GraphError } from '#lib/graph/graph-error.ts';
import { readPages } from '#lib/graph/pages.ts';
import type { Page } from '#lib/reload/ports.ts';
import { ADVANCED, collectionPath, columnsToRead } from './dataset-request.ts';

/** Batches under way at once; Graph's own advice is a handful. */
const BATCHES_AT_ONCE = 4;

/** Where a relationship goes on: the page of parents, and how many of that page are done. */
const Cursor = z.object({ url: z.string(), done: z.number().int().nonnegative() });

const ParentPage = z.object({ value: z.array(z.looseObject({ id: z.string() })) });

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
  const start = cursor === null ? { url: parentsUrl(graph, dataset), done: 0 } : Cursor.parse(JSON.parse(cursor));
  let { done } = start;
  let { url } = start;
  for await (const page of readPages(graph, { url, signal })) {
    const ids = ParentPage.parse(JSON.parse(Buffer.from(page.body).toString('utf8'))).value.map(({ id }) => id);
    let { requests, throttledMs } = page;
    const step = BATCH_MAX * BATCHES_AT_ONCE;
    // A page without parents still moves the cursor on.
    for (let from = done; from === done || from < ids.length; from += step) {
      const children = await readChildren(graph, dataset, ids.slice(from, from + step), signal);
      const more = from + step < ids.length;
      const next = more ? { url, done: from + step } : page.nextLink === null ? null : { url: page.nextLink, done: 0 };
      yield {
        body: children.body,
        notes: children.notes,
        cursor: next === null ? null : JSON.stringify(next),
        requests: requests + children.requests,
        throttledMs: throttledMs + children.throttledMs,
      };
      requests = 0;
      throttledMs = 0;
    }
    done = 0;
    if (page.nextLink !== null) url = page.nextLink;
  }
}

function parentsUrl(graph: GraphClient, dataset: DatasetDefinition): string {
  const path = dataset.parent?.path ?? '';
  // Directory roles take no query options at all.
  return path === '/directoryRoles' ? `${graph.baseUrl}${path}` : `${graph.baseUrl}${path}?$select=id&$top=999`;
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
      notes.push(vanished(dataset, parentId, result.error));
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

function addRows(rows: Record<string, unknown>[], page: ChildPage, parentId: string): void {
  for (const row of page.value ?? []) rows.push({ ...row, '@parent.id': parentId });
}

/** A parent deleted since its page was read (404) is no fault. */
function vanished(dataset: DatasetDefinition, parentId: string, error: GraphError): string {
  if (error.status !== 404) throw error;
  return `${dataset.parent?.path ?? ''}/${parentId} was deleted while reading; it has no rows.`;
}
