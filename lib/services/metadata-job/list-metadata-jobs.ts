import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { MetadataJobDto } from '#lib/domain/metadata/metadata.ts';
import { requireConnection } from '#lib/services/connection/require-connection.ts';
import type { Call } from '#lib/services/context.ts';
import { requireRole } from '#lib/services/require-role.ts';
import { listLastMetadataJobs, toMetadataJobDto } from '#lib/store/metadata/metadata-jobs.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';

export const ListMetadataJobsInput = z.object({ connectionId: idSchema('conn') });
export type ListMetadataJobsInput = z.input<typeof ListMetadataJobsInput>;

/** The last job of each kind, running or ended, newest first. */
export async function listMetadataJobs({ ctx, input }: Call<ListMetadataJobsInput>): Promise<MetadataJobDto[]> {
  requireRole(ctx, 'viewer');
  const { connectionId } = ListMetadataJobsInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { connectionId });
  await requireConnection(ctx, connectionId);
  return (await listLastMetadataJobs(ctx.db, connectionId)).map(toMetadataJobDto);
}
