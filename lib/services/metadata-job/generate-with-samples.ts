import { mayBeRead } from '#lib/domain/access/access.ts';
import { mergeSample, type SampledDataset } from '#lib/domain/metadata/merge-sample.ts';
import type { DifferenceKind, MetadataJobResult } from '#lib/domain/metadata/metadata.ts';
import { requireConnection } from '#lib/services/connection/require-connection.ts';
import type { SourceContext } from '#lib/services/context.ts';
import { withSourceConnection } from '#lib/services/credential/with-source-connection.ts';
import { refreshMetadata } from '#lib/services/dataset/refresh-metadata.ts';
import { grantedOf } from '#lib/services/dataset/require-dataset.ts';
import { write } from '#lib/services/write.ts';
import { identityOf, lockConnection } from '#lib/store/connection/connections.ts';
import { type DatasetRow, findDataset, listDatasetRows, updateDataset } from '#lib/store/metadata/datasets.ts';
import { type FoundDifference, saveDifference } from '#lib/store/metadata/metadata-differences.ts';
import { forgetRevisions } from '#lib/store/metadata/metadata-revisions.ts';
import type { MetadataWork } from './probe-connection.ts';

/**
 * Generates metadata from $metadata and the catalogue, then samples live rows of each dataset that the token may read. Stores the result of
 * each sample at once: a cancelled job keeps them.
 */
export async function generateWithSamples(
  ctx: SourceContext,
  work: MetadataWork & { readonly sampleRows: number },
): Promise<MetadataJobResult> {
  const { connectionId, sampleRows, datasetIds } = work;
  const found = [...(await refreshMetadata(ctx, connectionId))];
  const rows = await listDatasetRows(ctx.db, connectionId);
  const sampled: NonNullable<MetadataJobResult['sampled']> = [];
  if (sampleRows > 0) {
    const granted = grantedOf(await requireConnection(ctx, connectionId));
    const wanted = rows.filter(
      ({ id, definition }) =>
        definition.kind !== 'child' && (datasetIds === null ? mayBeRead(definition, granted) : datasetIds.includes(id)),
    );
    await sampleAll(ctx, { ...work, rows: wanted, found, sampled });
  }
  return { datasets: rows.length, differences: countKinds(found), sampled: sampleRows > 0 ? sampled : null, access: null };
}

interface Sampling extends MetadataWork {
  readonly sampleRows: number;
  readonly rows: readonly DatasetRow[];
  readonly found: FoundDifference[];
  readonly sampled: NonNullable<MetadataJobResult['sampled']>;
}

async function sampleAll(ctx: SourceContext, sampling: Sampling): Promise<void> {
  const { connectionId, rows, sampled, found, onProgress, signal } = sampling;
  const connection = await requireConnection(ctx, connectionId);
  const idOf = new Map(rows.map((row) => [row.name, row.id]));
  const permissions = identityOf(connection).permissions;
  let seen = 0;
  const progress = (current: string | null) => onProgress({ done: sampled.length, total: rows.length, current, rows: seen });
  await progress(null);
  const datasets = rows.map((row) => row.definition);
  await withSourceConnection(ctx, connection, async (at) => {
    const wanted = { connection: at, datasets, rows: sampling.sampleRows, permissions };
    for await (const { dataset, result } of ctx.executor(connection).sampleMetadata(wanted, signal)) {
      seen += result.rows;
      const added = await keep(ctx, connectionId, idOf.get(dataset) ?? '', result);
      found.push(...added);
      sampled.push({
        dataset,
        rows: result.rows,
        found: added.map(({ sourcePath }) => sourcePath ?? ''),
        alwaysNull: result.columns.filter(({ column: { sampled: facts } }) => isAlwaysNull(facts)).length,
        problem: result.problem,
      });
      await progress(dataset);
    }
  });
}

function isAlwaysNull(facts: { readonly rows: number; readonly nulls: number } | null): boolean {
  return facts !== null && facts.rows > 0 && facts.rows === facts.nulls;
}

/** Merges one sample under the lock, since the dataset may have been edited meanwhile. */
async function keep(
  ctx: SourceContext,
  connectionId: string,
  datasetId: string,
  { columns }: SampledDataset,
): Promise<readonly FoundDifference[]> {
  return write(ctx, async (tx) => {
    if (columns.length === 0 || !(await lockConnection(tx, connectionId))) return [];
    const row = await findDataset(tx, datasetId);
    if (row === null) return [];
    const { definition, generated, differences } = mergeSample(row.definition, row.generated, columns);
    if (JSON.stringify(definition) === JSON.stringify(row.definition)) return [];
    await updateDataset(tx, datasetId, { definition, ...(generated === null ? {} : { generated }) });
    // Earlier edits refer to other definitions.
    await forgetRevisions(tx, connectionId);
    const found = differences.map((difference) => ({ datasetId, source: 'sample' as const, ...difference }));
    for (const difference of found) await saveDifference(tx, connectionId, difference, ctx.clock.now());
    return found;
  });
}

function countKinds(found: readonly FoundDifference[]): Record<DifferenceKind, number> {
  const counts = { 'dataset-new': 0, 'dataset-gone': 0, 'column-new': 0, 'column-gone': 0, 'column-retyped': 0 };
  for (const { kind } of found) counts[kind]++;
  return counts;
}
