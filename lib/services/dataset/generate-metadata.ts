import { z } from 'zod';
import type { DatasetSummaryDto } from '#lib/domain/dataset/dataset.ts';
import { idSchema } from '#lib/domain/id.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { listDatasets } from './list-datasets.ts';
import { refreshMetadata } from './refresh-metadata.ts';

export const GenerateMetadataInput = z.object({ connectionId: idSchema('conn') });
export type GenerateMetadataInput = z.input<typeof GenerateMetadataInput>;

/** Generates metadata: reads $metadata from Graph again; edits by people stay. */
export async function generateMetadata({ ctx, input }: Call<GenerateMetadataInput>): Promise<DatasetSummaryDto[]> {
  requireRole(ctx, 'editor');
  const { connectionId } = GenerateMetadataInput.parse(input);
  await requireConnectionAccess(ctx, 'edit', { connectionId });
  await refreshMetadata(ctx, connectionId);
  return listDatasets({ ctx, input: { connectionId } });
}
