import type { DifferenceKind, MetadataJobResult } from '#lib/domain/metadata.ts';
import { listDatasetRows } from '#lib/store/datasets.ts';
import type { FoundDifference } from '#lib/store/metadata-differences.ts';
import type { SourceContext } from '../context.ts';
import { refreshMetadata } from '../dataset/refresh-metadata.ts';
import type { MetadataWork } from './probe-connection.ts';

/** Generates metadata from $metadata and the catalogue. */
export async function generateWithSamples(
  ctx: SourceContext,
  work: MetadataWork & { readonly sampleRows: number },
): Promise<MetadataJobResult> {
  const { connectionId } = work;
  const found = await refreshMetadata(ctx, connectionId);
  const datasets = (await listDatasetRows(ctx.db, connectionId)).length;
  return { datasets, differences: countKinds(found), sampled: null, access: null };
}

function countKinds(found: readonly FoundDifference[]): Record<DifferenceKind, number> {
  const counts = { 'dataset-new': 0, 'dataset-gone': 0, 'column-new': 0, 'column-gone': 0, 'column-retyped': 0 };
  for (const { kind } of found) counts[kind]++;
  return counts;
}
