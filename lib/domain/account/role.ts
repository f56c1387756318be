import { z } from 'zod';

/** viewer: views; editor: also creates and runs; admin: also manages people, other people's secrets and the audit trail. */
export const Role = z.enum(['viewer', 'editor', 'admin']);
export type Role = z.infer<typeof Role>;

const RANK = { viewer: 0, editor: 1, admin: 2 } satisfies Record<Role, number>;

/** Whether `role` includes all rights of `needed`. */
export function includesRole(role: Role, needed: Role): boolean {
  return RANK[role] >= RANK[needed];
}
