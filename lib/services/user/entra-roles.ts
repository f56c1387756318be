import { z } from 'zod';
import { type EntraRoleRule, EntraRoleRules } from '#lib/domain/account/entra-role-rule.ts';
import { listEntraRoleRules, replaceEntraRoleRules } from '#lib/store/account/entra-role-rules.ts';
import type { Call } from '../context.ts';
import { requireFreshSignIn } from '../require-fresh-sign-in.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';

/** The rules that give roles to who signs in with Microsoft; none: roles are set by hand. */
export async function getEntraRoles({ ctx }: Call<unknown>): Promise<readonly EntraRoleRule[]> {
  requireRole(ctx, 'admin', 'reads');
  return listEntraRoleRules(ctx.db);
}

export const SetEntraRolesInput = z.object({ rules: EntraRoleRules });
export type SetEntraRolesInput = z.input<typeof SetEntraRolesInput>;

/** Replaces them all. They count from each person's next sign-in on. @throws AppError `fresh-sign-in-needed` */
export async function setEntraRoles({ ctx, input }: Call<SetEntraRolesInput>): Promise<readonly EntraRoleRule[]> {
  requireRole(ctx, 'admin');
  requireFreshSignIn(ctx);
  const { rules } = SetEntraRolesInput.parse(input);
  await write(ctx, async (tx, audit) => {
    await replaceEntraRoleRules(tx, rules);
    await audit({
      action: 'user.set-entra-roles',
      subjectId: null,
      detail: { rules: rules.map(({ kind, value, role }) => `${kind} ${value}: ${role}`) },
    });
  });
  return rules;
}
