import { z } from 'zod';
import type { DatasetSummaryDto } from '#lib/domain/dataset/dataset.ts';
import { idSchema } from '#lib/domain/id.ts';
import { listDatasetRows, toDatasetSummaryDto } from '#lib/store/metadata/datasets.ts';
import { requireConnection } from '../connection/require-connection.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { viewOf } from './require-dataset.ts';

export const ListDatasetsInput = z.object({ connectionId: idSchema('conn') });
export type ListDatasetsInput = z.input<typeof ListDatasetsInput>;

/** Datasets of a connection sorted by area and name, each with the permission it needs and whether the token has it. */
export async function listDatasets({ ctx, input }: Call<ListDatasetsInput>): Promise<DatasetSummaryDto[]> {
  requireRole(ctx, 'viewer');
  const { connectionId } = ListDatasetsInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { connectionId });
  const view = await viewOf(ctx, await requireConnection(ctx, connectionId));
  return (await listDatasetRows(ctx.db, connectionId)).map((row) => toDatasetSummaryDto(row, view));
}
