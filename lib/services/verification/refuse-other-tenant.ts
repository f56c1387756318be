import type { VerifiedIdentity } from '#lib/domain/connection/connection.ts';
import { ConflictError } from '#lib/platform/errors.ts';
import type { Context } from '#lib/services/context.ts';
import { findConnection, identityOf } from '#lib/store/connection/connections.ts';

/**
 * A connection keeps its tenant: its tasks compare with landed rows of that tenant, and would delete all of them.
 * @throws ConflictError `other-tenant`
 */
export async function refuseOtherTenant(
  ctx: Pick<Context, 'db'>,
  connectionId: string | null,
  identity: VerifiedIdentity,
): Promise<void> {
  const row = connectionId === null ? null : await findConnection(ctx.db, connectionId);
  if (row === null || identityOf(row).tenant.id === identity.tenant.id) return;
  const { tenant } = identityOf(row);
  throw new ConflictError({
    code: 'other-tenant',
    title: `This sign-in belongs to another tenant (${identity.tenant.name ?? identity.tenant.id}).`,
    remedy: `Sign in to ${tenant.name ?? tenant.id}, the tenant of this connection, or create a new connection for the other one.`,
    fixer: 'you',
  });
}
