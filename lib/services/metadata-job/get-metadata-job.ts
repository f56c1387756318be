import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { MetadataJobDto } from '#lib/domain/metadata/metadata.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import type { Call } from '#lib/services/context.ts';
import { requireRole } from '#lib/services/require-role.ts';
import { findMetadataJob, toMetadataJobDto } from '#lib/store/metadata/metadata-jobs.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';

export const GetMetadataJobInput = z.object({ metadataJobId: idSchema('mjob') });
export type GetMetadataJobInput = z.input<typeof GetMetadataJobInput>;

export async function getMetadataJob({ ctx, input }: Call<GetMetadataJobInput>): Promise<MetadataJobDto> {
  requireRole(ctx, 'viewer');
  const { metadataJobId } = GetMetadataJobInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { metadataJobId });
  const row = await findMetadataJob(ctx.db, metadataJobId);
  if (row === null) throw new NotFoundError('job');
  return toMetadataJobDto(row);
}
