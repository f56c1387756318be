import { EntraRoleRule } from '#lib/domain/account/entra-role-rule.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';

/** In the order in which they were entered. */
export async function listEntraRoleRules(db: Db | Tx): Promise<EntraRoleRule[]> {
  const rows = await db.entraRoleRule.findMany({ orderBy: { position: 'asc' } });
  return rows.map((row) => EntraRoleRule.parse(row));
}

export async function replaceEntraRoleRules(tx: Tx, rules: readonly EntraRoleRule[]): Promise<void> {
  await tx.entraRoleRule.deleteMany();
  await tx.entraRoleRule.createMany({ data: rules.map((rule, position) => ({ ...rule, position })) });
}
