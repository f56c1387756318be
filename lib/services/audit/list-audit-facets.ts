import { z } from 'zod';
import { actorKey } from '#lib/domain/account/actor.ts';
import type { AuditFacetsDto } from '#lib/domain/account/audit.ts';
import { listAuditFacets } from '#lib/store/account/audit.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';

export const ListAuditFacetsInput = z.object({});
export type ListAuditFacetsInput = z.input<typeof ListAuditFacetsInput>;

/** All actors and actions in the audit trail, to filter by; for administrators. */
export async function listAuditFacetsOf({ ctx }: Call<ListAuditFacetsInput>): Promise<AuditFacetsDto> {
  requireRole(ctx, 'admin', 'reads');
  const { actors, actions } = await listAuditFacets(ctx.db);
  const people = actors.map((actor) => ({ actor: actorKey(actor), name: actor.name }));
  return { people: people.sort((a, b) => a.name.localeCompare(b.name)), actions };
}
