import { z } from 'zod';
import { reviewPermissions as review } from '#lib/catalog/permissions/permissions.ts';
import type { PermissionReview } from '#lib/domain/connection/connection.ts';
import { idSchema } from '#lib/domain/id.ts';
import { requireConnection } from '#lib/services/connection/require-connection.ts';
import type { Call } from '#lib/services/context.ts';
import { requireRole } from '#lib/services/require-role.ts';
import { requireOwnVerification } from '#lib/services/verification/require-own-verification.ts';
import { notVerified } from '#lib/services/verification/verification-problems.ts';
import { identityOf, signInOf } from '#lib/store/connection/connections.ts';
import { listDatasetRows } from '#lib/store/metadata/datasets.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';

export const ReviewPermissionsInput = z.union([
  z.object({ verificationId: idSchema('ver'), datasetNames: z.array(z.string().max(63)).max(500).nullable().default(null) }),
  z.object({ connectionId: idSchema('conn') }),
]);
export type ReviewPermissionsInput = z.input<typeof ReviewPermissionsInput>;

/**
 * Needed, granted, missing and unneeded permissions: of a connection for its selected datasets (all, while none is selected), of a
 * verified sign-in for the named ones (null: all datasets).
 */
export async function reviewPermissions({ ctx, input }: Call<ReviewPermissionsInput>): Promise<readonly PermissionReview[]> {
  requireRole(ctx, 'viewer');
  const subject = ReviewPermissionsInput.parse(input);
  if ('verificationId' in subject) {
    const row = await requireOwnVerification(ctx, subject.verificationId);
    if (row.identity === null) throw notVerified();
    const { permissions } = row.identity;
    return review({ datasetNames: subject.datasetNames, granted: permissions, signIn: signInOf(row) });
  }
  await requireConnectionAccess(ctx, 'use', subject);
  const row = await requireConnection(ctx, subject.connectionId);
  const chosen = (await listDatasetRows(ctx.db, row.id)).filter((dataset) => dataset.selected).map(({ name }) => name);
  return review({
    datasetNames: chosen.length === 0 ? null : chosen,
    granted: identityOf(row).permissions,
    signIn: signInOf(row),
  });
}
