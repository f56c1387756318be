import { z } from 'zod';

/** viewer: sees; editor: creates and runs; admin: also people, secrets of others and audit. */
export const Role = z.enum(['viewer', 'editor', 'admin']);
export type Role = z.infer<typeof Role>;

const RANK = { viewer: 0, editor: 1, admin: 2 } satisfies Record<Role, number>;

/** Whether `role` includes everything that `needed` may do. */
export function includesRole(role: Role, needed: Role): boolean {
  return RANK[role] >= RANK[needed];
}
