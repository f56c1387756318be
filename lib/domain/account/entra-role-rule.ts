import { z } from 'zod';
import { includesRole, Role } from './role.ts';

/** The claim of an Entra ID token that a rule compares: `roles` (values of app roles), or `groups` (object ids of groups). */
export const EntraRuleKind = z.enum(['app-role', 'group']);
export type EntraRuleKind = z.infer<typeof EntraRuleKind>;

export const ENTRA_RULE_KIND_LABEL = { 'app-role': 'App role', group: 'Group' } as const satisfies Record<EntraRuleKind, string>;

const GROUP_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Gives `role` to who has an app role or is in a group when they sign in with Microsoft. */
export const EntraRoleRule = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('app-role'),
    /** Of the app registration; case counts. At most 120 characters without spaces (Entra docs, "Add app roles to your application"). */
    value: z
      .string()
      .trim()
      .regex(/^\S{1,120}$/, 'Enter the value of an app role, such as Entrada.Admin.'),
    role: Role,
  }),
  z.object({
    kind: z.literal('group'),
    value: z
      .string()
      .trim()
      .toLowerCase()
      .regex(GROUP_ID, 'Enter the object id of a group, such as 0f0a1b2c-0000-4000-8000-000000000001.'),
    role: Role,
  }),
]);
export type EntraRoleRule = Readonly<z.infer<typeof EntraRoleRule>>;

export const EntraRoleRules = z
  .array(EntraRoleRule)
  .max(100, 'At most 100 rules.')
  .refine(
    (rules) => new Set(rules.map(({ kind, value }) => `${kind} ${value}`)).size === rules.length,
    'Each app role and each group has one rule.',
  );

/** The claims that rules look at. */
export interface RuleClaims {
  readonly roles?: readonly string[] | undefined;
  readonly groups?: readonly string[] | undefined;
}

/** The highest role that the rules give; null: none of them does. */
export function roleByRules(rules: readonly EntraRoleRule[], { roles = [], groups = [] }: RuleClaims): Role | null {
  const inGroups = new Set(groups.map((id) => id.toLowerCase()));
  const given = rules.filter(({ kind, value }) => (kind === 'group' ? inGroups.has(value) : roles.includes(value)));
  return given.reduce<Role | null>((best, { role }) => (best !== null && includesRole(best, role) ? best : role), null);
}
