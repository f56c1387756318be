import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { splitRulesOf } from '#lib/domain/dataset/partition.ts';
import { sendBatch } from '#lib/graph/batch/batch.ts';
import { BATCH_MAX } from '#lib/graph/batch/batch-wire.ts';
import { readCount } from '#lib/graph/client/answer.ts';
import type { GraphClient } from '#lib/graph/client/client.ts';
import { GraphError } from '#lib/graph/client/graph-error.ts';
import { ADVANCED_QUERY_HEADERS, countPath } from '#lib/source/dataset-request.ts';

/** What a server without `$count` answers (RFC 9110 section 15.5 and 15.6.2). */
const NOT_COUNTABLE: ReadonlySet<number> = new Set([400, 404, 405, 501]);

/**
 * `/{collection}/$count` of what the dataset's filter lets through, of a child dataset the objects that it is about; null where this tenant or
 * resource doesn't answer it.
 */
export async function countObjects(graph: GraphClient, dataset: DatasetDefinition, signal: AbortSignal): Promise<number | null> {
  if (dataset.parent !== null || !(dataset.read.countable || splitRulesOf(dataset).length > 0)) return null;
  return requestCount(graph, countPath(dataset), signal);
}

/** What one `$count` path answers; null where this tenant or resource doesn't answer it. */
export async function requestCount(graph: GraphClient, path: string, signal: AbortSignal): Promise<number | null> {
  try {
    const { body } = await graph.send({
      url: `${graph.baseUrl}${path}`,
      headers: { ...ADVANCED_QUERY_HEADERS, accept: 'text/plain' },
      signal,
    });
    return readCount(body);
  } catch (error) {
    // B2C tenants, some clouds and other servers have no $count; the end of the chain of links is then the only proof.
    if (error instanceof GraphError && NOT_COUNTABLE.has(error.status)) return null;
    throw error;
  }
}

export interface PartCounts {
  /** In the order asked; null where Graph doesn't count. */
  readonly rows: readonly (number | null)[];
  readonly requests: number;
}

/** Number of rows for many parts of a dataset, by concurrent batches. */
export async function countParts(
  graph: GraphClient,
  dataset: DatasetDefinition,
  parts: readonly string[],
  signal: AbortSignal,
): Promise<PartCounts> {
  return countPaths(
    graph,
    parts.map((part) => countPath(dataset, part)),
    signal,
  );
}

/** What each `$count` path answers. */
export async function countPaths(graph: GraphClient, paths: readonly string[], signal: AbortSignal): Promise<PartCounts> {
  const groups: string[][] = [];
  for (let at = 0; at < paths.length; at += BATCH_MAX) groups.push(paths.slice(at, at + BATCH_MAX));
  const answers = await Promise.all(
    groups.map((group) =>
      sendBatch(
        graph,
        group.map((url) => ({ url, headers: ADVANCED_QUERY_HEADERS })),
        signal,
      ),
    ),
  );
  return {
    rows: answers.flatMap(({ results }) => results.map((result) => (result.ok ? readCount(result.body) : null))),
    requests: answers.reduce((sum, { requests }) => sum + requests, 0),
  };
}
