import type { Column, DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { type Row, readList } from '#lib/graph/client/answer.ts';
import type { GraphClient } from '#lib/graph/client/client.ts';
import { collectionPath, headersOf } from '#lib/source/dataset-request.ts';
import { firstParentsUrl, readParentKeys } from './parent-keys.ts';

/** Keys of the first parents of a relationship: any member of the parent's collection has children to ask for. */
export async function firstParents(
  graph: GraphClient,
  dataset: DatasetDefinition,
  options: { readonly top: number; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const found: string[] = [];
  const url = firstParentsUrl(graph, dataset, options.top);
  for await (const { keys } of readParentKeys(graph, dataset, { url, signal: options.signal, keyless: 'skip' })) {
    found.push(...keys);
    if (found.length > 0) break;
  }
  // Some collections take no `$top` and come whole.
  return found.slice(0, options.top);
}

/** One request for the first rows of a collection, or of a parent's children. */
export async function firstRows(
  graph: GraphClient,
  dataset: DatasetDefinition,
  columns: readonly Column[],
  options: { readonly top: number; readonly parentId?: string; readonly signal: AbortSignal },
): Promise<readonly Row[]> {
  const { top, parentId, signal } = options;
  const { body } = await graph.send({
    url: `${graph.baseUrl}${collectionPath(dataset, columns, { top, ...(parentId === undefined ? {} : { parentId }) })}`,
    headers: headersOf(dataset),
    signal,
  });
  return readList(body).rows;
}
