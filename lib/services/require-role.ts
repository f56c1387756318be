import { includesRole, type Role } from '#lib/domain/role.ts';
import { assertNever, ForbiddenError } from '#lib/platform/errors.ts';
import type { Actor, Context } from './context.ts';

export type UserActor = Extract<Actor, { type: 'user' }>;

/** The actor, proven to have `role`. Jobs and the command line act for the operator. @throws ForbiddenError */
export function requireRole(ctx: Pick<Context, 'actor'>, role: Role): Actor {
  const { actor } = ctx;
  if (actor.type === 'user' && !includesRole(actor.role, role)) throw new ForbiddenError(role);
  return actor;
}

/** As requireRole, for what only a person can do: sign in at Microsoft, own a connection. @throws ForbiddenError */
export function requireUser(ctx: Pick<Context, 'actor'>, role: Role): UserActor {
  const actor = requireRole(ctx, role);
  if (actor.type !== 'user') throw new ForbiddenError(`${role} (a person who is signed in)`);
  return actor;
}

/** The actor as the audit trail and `startedBy` name it. */
export function actorName(actor: Actor): string {
  switch (actor.type) {
    case 'user':
      return `user:${actor.userId}`;
    case 'job':
      return `job:${actor.jobName}`;
    case 'cli':
      return 'cli';
    default:
      return assertNever(actor);
  }
}
