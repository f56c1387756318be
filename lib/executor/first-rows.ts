import type { Column, DatasetDefinition } from '#lib/domain/dataset.ts';
import type { GraphClient } from '#lib/graph/client.ts';
import { collectionPath, headersOf, parentsPath } from './dataset-request.ts';

export type Row = Readonly<Record<string, unknown>>;

/** Keys of the first parents of a relationship: any member of the parent's collection has children to ask for. */
export async function firstParents(
  graph: GraphClient,
  dataset: DatasetDefinition,
  options: { readonly top: number; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const { body } = await graph.send({ url: `${graph.baseUrl}${parentsPath(dataset, options.top)}`, signal: options.signal });
  const key = dataset.parent?.key ?? 'id';
  // Some collections take no `$top` and come whole.
  return rowsOf(body)
    .flatMap(({ [key]: id }) => (typeof id === 'string' ? [id] : []))
    .slice(0, options.top);
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
  return rowsOf(body);
}

/** Rows of an answer; a single object answers itself. */
export function rowsOf(body: Uint8Array): readonly Row[] {
  const answer = JSON.parse(Buffer.from(body).toString('utf8')) as Row & { value?: readonly Row[] };
  return Array.isArray(answer.value) ? answer.value : [answer];
}
