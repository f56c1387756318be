import { z } from 'zod';
import type { DatasetDefinition } from '#lib/domain/dataset.ts';
import { readAs } from '#lib/graph/answer.ts';
import type { GraphClient } from '#lib/graph/client.ts';
import { GraphError } from '#lib/graph/graph-error.ts';
import { readPages } from '#lib/graph/pages.ts';
import { parentsPath } from './dataset-request.ts';
import { fillPath, joinKeys } from './parent-path.ts';

const KeyPage = z.object({ value: z.array(z.record(z.string(), z.unknown())) });

/** Keys of some parents, and where the ones after them are. */
export interface ParentKeys {
  readonly keys: readonly string[];
  readonly nextUrl: string | null;
  readonly requests: number;
}

/** Where the first parents are asked for; of parents that hang on other objects themselves, where those are. */
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
  { url, signal }: { readonly url: string; readonly signal: AbortSignal },
): AsyncGenerator<ParentKeys> {
  const parentPath = parentsPath(dataset);
  for await (const page of readPages(graph, { url, signal })) {
    const tops = keysOf(page.body, dataset);
    if (!parentPath.includes('{id}')) {
      yield { keys: tops, nextUrl: page.nextLink, requests: page.requests };
      continue;
    }
    const keys: string[] = [];
    let { requests } = page;
    for (const top of tops) {
      try {
        for await (const inner of readPages(graph, { url: graph.baseUrl + fillPath(parentPath, top), signal })) {
          keys.push(...keysOf(inner.body, dataset).map((key) => joinKeys(top, key)));
          requests += inner.requests;
        }
      } catch (error) {
        // Deleted since its page was read: nothing hangs on it any more.
        if (!(error instanceof GraphError) || error.status !== 404) throw error;
      }
    }
    yield { keys, nextUrl: page.nextLink, requests };
  }
}

function keysOf(body: Uint8Array, { parent }: DatasetDefinition): readonly string[] {
  const { value } = readAs(body, KeyPage);
  return value.map((row) => z.string().parse(row[parent?.key ?? 'id']));
}
