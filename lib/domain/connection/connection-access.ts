import { z } from 'zod';

/** Whom a connection is open to: everybody within their role, or administrators, its owner and the people who are listed. */
export const ConnectionAudience = z.enum(['everybody', 'listed']);
export type ConnectionAudience = z.infer<typeof ConnectionAudience>;

/**
 * What a listed person may do within their role. `use`: see the connection and what it landed, have tasks that read it, and run them; `edit`: also
 * change the connection, its sign-in, its metadata, and who is listed.
 */
export const ConnectionAccess = z.enum(['use', 'edit']);
export type ConnectionAccess = z.infer<typeof ConnectionAccess>;

export const CONNECTION_ACCESS_LABEL = { use: 'Use', edit: 'Edit' } as const satisfies Record<ConnectionAccess, string>;

/** Who reads that may use the connection, and whom to ask for more. */
export function editMissingNote({ owner }: { readonly owner: string }): string {
  return `You may use this connection, but not change it. Ask ${owner} or an administrator for the permission Edit.`;
}

/** Whom a connection is open to, as its page shows it. */
export const ConnectionAccessDto = z.object({
  audience: ConnectionAudience,
  /** E-mail address of who made it: may edit it, listed or not. */
  owner: z.string(),
  /** By e-mail address. They count while the audience is `listed`. */
  people: z.array(z.object({ email: z.string(), access: ConnectionAccess })),
});
export type ConnectionAccessDto = z.infer<typeof ConnectionAccessDto>;
