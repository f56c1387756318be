import type { DatasetDefinition } from '#lib/domain/dataset.ts';
import type { ConnectionSession } from '#lib/domain/session.ts';
import type { GraphClient } from '#lib/graph/client.ts';
import { GraphError } from '#lib/graph/graph-error.ts';
import { readPages } from '#lib/graph/pages.ts';
import type { Page, Source } from '#lib/reload/ports.ts';
import { type ExecutorConfig, openConnection } from './connect.ts';
import { ADVANCED, collectionPath, columnsToRead } from './dataset-request.ts';
import { changeScope, readChanges, takeMark } from './delta-source.ts';
import { readRelationship } from './relationship-source.ts';

export interface GraphSource extends Source {
  close(): Promise<void>;
}

/** The datasets of a connection as pages of bytes. One for a run: its datasets share tokens and sockets. */
export function createGraphSource({
  session,
  config,
}: {
  readonly session: ConnectionSession;
  readonly config: ExecutorConfig;
}): GraphSource {
  const connection = openConnection(config, session, 'Low');
  return { ...sourceOf(connection.graph), close: () => connection.close() };
}

/** Datasets as pages, over a client that is ready. */
export function sourceOf(graph: GraphClient): Source {
  return {
    count: (dataset, signal) => countRows(graph, dataset, signal),
    read: (dataset, options) =>
      dataset.parent === null ? readEntity(graph, dataset, options) : readRelationship(graph, dataset, options),
    changeScope,
    mark: (dataset, signal) => takeMark(graph, dataset, signal),
    changes: (dataset, options) => readChanges(graph, dataset, options),
  };
}

/** `/{collection}/$count`; null where this tenant or resource doesn't answer it. */
async function countRows(graph: GraphClient, dataset: DatasetDefinition, signal: AbortSignal): Promise<number | null> {
  if (dataset.parent !== null || !dataset.read.countable) return null;
  try {
    const { body } = await graph.send({
      url: `${graph.baseUrl}${dataset.path}/$count`,
      headers: { ...ADVANCED, accept: 'text/plain' },
      signal,
    });
    const count = Number(
      Buffer.from(body)
        .toString('utf8')
        .replace(/^\uFEFF/, ''),
    );
    return Number.isSafeInteger(count) ? count : null;
  } catch (error) {
    // B2C tenants and some clouds have no $count; the end of the chain of links is then the only proof.
    if (error instanceof GraphError && (error.status === 400 || error.status === 404)) return null;
    throw error;
  }
}

/** The cursor is the link to the next page, whole. */
async function* readEntity(
  graph: GraphClient,
  dataset: DatasetDefinition,
  { cursor, signal }: { readonly cursor: string | null; readonly signal: AbortSignal },
): AsyncGenerator<Page> {
  const url = cursor ?? `${graph.baseUrl}${collectionPath(dataset, columnsToRead(dataset))}`;
  const headers = dataset.read.advancedQuery ? ADVANCED : {};
  for await (const { body, nextLink, requests, throttledMs } of readPages(graph, { url, headers, signal })) {
    yield { body: dataset.read.single ? asPage(body) : body, cursor: nextLink, requests, throttledMs };
  }
}

/** One object as a page of one row. */
function asPage(object: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from('{"value":['), object, Buffer.from(']}')]);
}
