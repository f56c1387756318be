import { z } from 'zod';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { readAs } from '#lib/graph/client/answer.ts';
import type { GraphClient } from '#lib/graph/client/client.ts';
import { GraphError } from '#lib/graph/client/graph-error.ts';
import { readPages } from '#lib/graph/paging/pages.ts';
import { RemoteError } from '#lib/platform/errors.ts';
import { parentsPath } from '#lib/source/dataset-request.ts';
import { fillPath, joinKeys } from '#lib/source/parent-path.ts';

const KeyPage = z.object({ value: z.array(z.record(z.string(), z.unknown()).nullable()) });

interface ParentKeysOptions {
  readonly url: string;
  readonly signal: AbortSignal;
  /** What to do with a parent without its key: a run cannot be complete without it, a sample can. */
  readonly keyless?: 'refuse' | 'skip';
}

/** Keys of some parents, and where the ones after them are. */
export interface ParentKeys {
  readonly keys: readonly string[];
  readonly nextUrl: string | null;
  readonly requests: number;
}

/** Path for requesting the first parents; for parents with parents of their own, that of the outer ones. */
export function firstParentsUrl(graph: GraphClient, dataset: DatasetDefinition, top?: number): string {
  return graph.baseUrl + parentsPath(dataset, top).replace(/\/\{id\}[^?]*/, '');
}

/**
 * Keys of the parents of a relationship's rows, from `url` on. Parents that hang on other objects (rounds of access reviews) come by those,
 * each with both keys.
 */
export async function* readParentKeys(
  graph: GraphClient,
  dataset: DatasetDefinition,
  { url, signal, keyless = 'refuse' }: ParentKeysOptions,
): AsyncGenerator<ParentKeys> {
  const parentPath = parentsPath(dataset);
  const keysOf = (body: Uint8Array) => keysIn(body, dataset, keyless);
  for await (const page of readPages(graph, { url, signal })) {
    const tops = keysOf(page.body);
    if (!parentPath.includes('{id}')) {
      yield { keys: tops, nextUrl: page.nextLink, requests: page.requests };
      continue;
    }
    const keys: string[] = [];
    let { requests } = page;
    for (const top of tops) {
      try {
        for await (const inner of readPages(graph, { url: graph.baseUrl + fillPath(parentPath, top), signal })) {
          keys.push(...keysOf(inner.body).map((key) => joinKeys(top, key)));
          requests += inner.requests;
        }
      } catch (error) {
        // Deleted since its page was read, so it has no children.
        if (!(error instanceof GraphError) || error.status !== 404) throw error;
      }
    }
    yield { keys, nextUrl: page.nextLink, requests };
  }
}

/** @throws RemoteError `parent-without-key`, where such a parent is not to be skipped. */
function keysIn(body: Uint8Array, dataset: DatasetDefinition, keyless: 'refuse' | 'skip'): readonly string[] {
  const { value } = readAs(body, KeyPage);
  const property = dataset.parent?.key ?? 'id';
  return value.flatMap((row) => {
    const key = row?.[property];
    if (typeof key === 'string' && key !== '') return [key];
    if (keyless === 'refuse') throw withoutKey(dataset, property);
    return [];
  });
}

function withoutKey({ title, parent }: DatasetDefinition, property: string): RemoteError {
  return new RemoteError({
    code: 'parent-without-key',
    title: `${title} could not be read completely: Graph sent an object in ${parent?.path ?? ''} without its key ${property}.`,
    remedy: 'Run the task again. If the problem persists, report the dataset to the developers of Entrada.',
    fixer: 'operator',
  });
}
