import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { EditHistoryDto } from '#lib/domain/metadata/metadata.ts';
import { findHistory } from '#lib/store/metadata/metadata-revisions.ts';
import { requireConnection } from '../connection/require-connection.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';

export const GetEditHistoryInput = z.object({ connectionId: idSchema('conn') });

/** The edits that Undo and Redo would apply to. */
export async function getEditHistory({ ctx, input }: Call<z.input<typeof GetEditHistoryInput>>): Promise<EditHistoryDto> {
  requireRole(ctx, 'viewer');
  const { connectionId } = GetEditHistoryInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { connectionId });
  await requireConnection(ctx, connectionId);
  return findHistory(ctx.db, connectionId);
}
