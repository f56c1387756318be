import { NotFoundError } from '#lib/platform/errors.ts';
import { findDataset } from '#lib/store/metadata/datasets.ts';
import { findMetadataJob } from '#lib/store/metadata/metadata-jobs.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Context } from '../context.ts';
import { requireRole } from '../require-role.ts';

/** The dataset, if it belongs to the connection: paths of the API name both. @throws NotFoundError */
export async function requireDatasetOf(ctx: Context, connectionId: string, datasetId: string): Promise<void> {
  requireRole(ctx, 'viewer');
  await requireConnectionAccess(ctx, 'use', { connectionId });
  const row = await findDataset(ctx.db, datasetId);
  if (row?.connectionId !== connectionId) throw new NotFoundError('dataset');
}

/** @throws NotFoundError */
export async function requireJobOf(ctx: Context, connectionId: string, metadataJobId: string): Promise<void> {
  requireRole(ctx, 'viewer');
  await requireConnectionAccess(ctx, 'use', { connectionId });
  const row = await findMetadataJob(ctx.db, metadataJobId);
  if (row?.connectionId !== connectionId) throw new NotFoundError('job');
}
