import type { MetadataJobProgress, MetadataJobResult } from '#lib/domain/metadata/metadata.ts';
import { requireConnection } from '#lib/services/connection/require-connection.ts';
import type { SourceContext } from '#lib/services/context.ts';
import { withSourceConnection } from '#lib/services/credential/with-source-connection.ts';
import { identityOf } from '#lib/store/connection/connections.ts';
import { listDatasetRows, setProbe } from '#lib/store/metadata/datasets.ts';

export interface MetadataWork {
  readonly connectionId: string;
  /** Null = all datasets of the connection. */
  readonly datasetIds: readonly string[] | null;
  readonly onProgress: (progress: MetadataJobProgress) => Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * Requests one row of each dataset from Graph and stores each answer at once. Child datasets are read from their parents' rows
 * and get the access of those.
 */
export async function probeConnection(ctx: SourceContext, work: MetadataWork): Promise<MetadataJobResult> {
  const { connectionId, datasetIds, onProgress, signal } = work;
  const connection = await requireConnection(ctx, connectionId);
  const wanted = datasetIds === null ? null : new Set(datasetIds);
  const all = await listDatasetRows(ctx.db, connectionId);
  const rows = all.filter(({ id, definition }) => definition.kind !== 'child' && (wanted?.has(id) ?? true));
  const idsOf = (name: string) =>
    all.filter((row) => row.name === name || row.definition.child?.dataset === name).map(({ id }) => id);
  const permissions = [...identityOf(connection).permissions].sort();
  const access: Record<string, number> = {};
  let done = 0;
  await onProgress({ done, total: rows.length, current: null, rows: 0 });
  const datasets = rows.map((row) => row.definition);
  await withSourceConnection(ctx, connection, async (at) => {
    const events = ctx.executor(connection).probeDatasets({ connection: at, datasets, permissions }, signal);
    for await (const { dataset, result } of events) {
      const probedAt = ctx.clock.now().toISOString();
      for (const id of idsOf(dataset)) await setProbe(ctx.db, id, { ...result, at: probedAt, permissions });
      access[result.access] = (access[result.access] ?? 0) + 1;
      await onProgress({ done: ++done, total: rows.length, current: dataset, rows: 0 });
    }
  });
  return { datasets: rows.length, differences: null, sampled: null, access };
}
