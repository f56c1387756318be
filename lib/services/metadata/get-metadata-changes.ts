import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { MetadataChangesDto } from '#lib/domain/metadata/metadata.ts';
import { listPending } from '#lib/store/metadata/metadata-differences.ts';
import { findDocumentFacts } from '#lib/store/metadata/metadata-documents.ts';
import { requireConnection } from '../connection/require-connection.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';

export const GetMetadataChangesInput = z.object({ connectionId: idSchema('conn') });
export type GetMetadataChangesInput = z.input<typeof GetMetadataChangesInput>;

/** Differences that the last generation found: in Graph's $metadata, and undecided ones in the connection's datasets. */
export async function getMetadataChanges({ ctx, input }: Call<GetMetadataChangesInput>): Promise<MetadataChangesDto> {
  requireRole(ctx, 'viewer');
  const { connectionId } = GetMetadataChangesInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { connectionId });
  await requireConnection(ctx, connectionId);
  const facts = await findDocumentFacts(ctx.db, connectionId);
  return {
    document: facts?.document ?? null,
    previous: facts?.previous ?? null,
    diff: facts?.diff ?? null,
    warnings: [...(facts?.warnings ?? [])],
    pending: await listPending(ctx.db, connectionId),
  };
}
