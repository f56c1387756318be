import { z } from 'zod';
import type { DatasetDto } from '#lib/domain/dataset/dataset.ts';
import { idSchema } from '#lib/domain/id.ts';
import { toDatasetDto } from '#lib/store/metadata/datasets.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { requireDataset, viewOf } from './require-dataset.ts';

export const GetDatasetInput = z.object({ datasetId: idSchema('ds') });
export type GetDatasetInput = z.input<typeof GetDatasetInput>;

export async function getDataset({ ctx, input }: Call<GetDatasetInput>): Promise<DatasetDto> {
  requireRole(ctx, 'viewer');
  const { datasetId } = GetDatasetInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { datasetId });
  const { dataset, connection } = await requireDataset(ctx, datasetId);
  return toDatasetDto(dataset, await viewOf(ctx, connection));
}
