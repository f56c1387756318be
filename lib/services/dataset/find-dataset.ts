import { z } from 'zod';
import type { DatasetDto } from '#lib/domain/dataset/dataset.ts';
import { idSchema } from '#lib/domain/id.ts';
import { findDatasetByName } from '#lib/store/metadata/datasets.ts';
import { requireConnection } from '../connection/require-connection.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { getDataset } from './get-dataset.ts';

export const FindDatasetInput = z.object({ connectionId: idSchema('conn'), name: z.string().max(64) });
export type FindDatasetInput = z.input<typeof FindDatasetInput>;

/** The dataset of a connection by its name; null when it does not exist. */
export async function findDataset({ ctx, input }: Call<FindDatasetInput>): Promise<DatasetDto | null> {
  requireRole(ctx, 'viewer');
  const { connectionId, name } = FindDatasetInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { connectionId });
  await requireConnection(ctx, connectionId);
  const row = await findDatasetByName(ctx.db, connectionId, name);
  return row === null ? null : getDataset({ ctx, input: { datasetId: row.id } });
}
