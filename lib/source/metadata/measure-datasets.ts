import type { SourceConnection } from '#lib/domain/account/session.ts';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { DatasetFacts, PlanFacts } from '#lib/domain/run/read-plan.ts';
import type { GraphClient } from '#lib/graph/client/client.ts';
import { GraphError } from '#lib/graph/client/graph-error.ts';
import { countPaths } from '#lib/source/collection/count-rows.ts';
import { openConnection, type SourceConfig } from '#lib/source/connect.ts';
import { ADVANCED_QUERY_HEADERS, countPath } from '#lib/source/dataset-request.ts';

const TIMEOUT_MS = 30_000;

/** Counts what a plan of these datasets is made from: their rows, their parents, the users of the tenant, and how long one request takes. */
export async function measureDatasets(
  config: SourceConfig,
  { connection: at, datasets }: { readonly connection: SourceConnection; readonly datasets: readonly DatasetDefinition[] },
): Promise<PlanFacts> {
  const connection = openConnection(config, at);
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    await connection.tokens.get();
    const latencyMs = await measureLatency(connection.graph, signal);
    const wanted = datasets.map((dataset) => ({ rows: rowsPath(dataset), parents: parentsCountPath(dataset) }));
    const paths = [...new Set(['/users/$count', ...wanted.flatMap(({ rows, parents }) => [rows, parents])])].filter(
      (path) => path !== null,
    );
    const { rows } = await countPaths(connection.graph, paths, signal);
    const counts = new Map(paths.map((path, index) => [path, rows[index] ?? null]));
    const countOf = (path: string | null): number | null => (path === null ? null : (counts.get(path) ?? null));
    const facts = wanted.map(({ rows: own, parents }): DatasetFacts => ({ rows: countOf(own), parents: countOf(parents) }));
    return { users: countOf('/users/$count'), latencyMs, facts };
  } finally {
    await connection.close();
  }
}

function rowsPath(dataset: DatasetDefinition): string | null {
  return dataset.parent === null && dataset.read.countable ? countPath(dataset) : null;
}

/** Parents that hang on other objects themselves can't be counted at once. Of a child dataset the objects whose items are its rows. */
function parentsCountPath({ parent, kind, path }: DatasetDefinition): string | null {
  if (parent === null) return kind === 'child' ? `${path}/$count` : null;
  return parent.path.includes('{id}') ? null : `${parent.path}/$count`;
}

/** Time of a small request on a connection that is open already, milliseconds. */
async function measureLatency(graph: GraphClient, signal: AbortSignal): Promise<number> {
  const ask = async (): Promise<number> => {
    const startedAt = performance.now();
    try {
      await graph.send({ url: `${graph.baseUrl}/organization?$select=id`, headers: ADVANCED_QUERY_HEADERS, signal });
    } catch (error) {
      // A refusal takes as long.
      if (!(error instanceof GraphError)) throw error;
    }
    return performance.now() - startedAt;
  };
  await ask();
  return Math.round(await ask());
}
