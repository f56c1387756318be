import type { ProbeResult } from '#lib/domain/access/access.ts';
import type { MetadataJobProgress, MetadataJobResult } from '#lib/domain/metadata/metadata.ts';
import { requireConnection } from '#lib/services/connection/require-connection.ts';
import type { SourceContext } from '#lib/services/context.ts';
import { withSession } from '#lib/services/verification/with-session.ts';
import { identityOf } from '#lib/store/connection/connections.ts';
import { listDatasetRows, setProbe } from '#lib/store/metadata/datasets.ts';

export interface MetadataWork {
  readonly connectionId: string;
  /** Null = all of the connection. */
  readonly datasetIds: readonly string[] | null;
  readonly onProgress: (progress: MetadataJobProgress) => Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * Asks Graph for one row of each dataset and keeps what it answered, each as it comes. Child datasets are read out of their parents' rows
 * and are as readable as these.
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
  let last: Promise<void> = onProgress({ done, total: rows.length, current: null, rows: 0 });
  const definitions = rows.map((row) => row.definition);
  const onResult = (name: string, result: ProbeResult) => {
    last = last.then(async () => {
      const at = ctx.clock.now().toISOString();
      for (const id of idsOf(name)) await setProbe(ctx.db, id, { ...result, at, permissions });
      access[result.access] = (access[result.access] ?? 0) + 1;
      await onProgress({ done: ++done, total: rows.length, current: name, rows: 0 });
    });
    return last;
  };
  await withSession(ctx, connection, (session) =>
    ctx.executor.probeDatasets(session, definitions, { signal, permissions, onResult }),
  );
  return { datasets: rows.length, differences: null, sampled: null, access };
}
