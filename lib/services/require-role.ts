import { includesRole, type Role } from '#lib/domain/account/role.ts';
import { AppError, assertNever, ForbiddenError } from '#lib/platform/errors.ts';
import type { Actor, Context } from './context.ts';

export type UserActor = Extract<Actor, { type: 'user' }>;

/** What a use case does. What needs more than a viewer counts as a change unless it says otherwise. */
export type UseKind = 'reads' | 'changes';

/**
 * The actor, proven to have `role`, and to hold no read-only token where the use case changes something. Jobs and the command line act
 * for the operator.
 * @throws ForbiddenError; AppError `read-only-token`
 */
export function requireRole(
  ctx: Pick<Context, 'actor'>,
  role: Role,
  kind: UseKind = role === 'viewer' ? 'reads' : 'changes',
): Actor {
  const { actor } = ctx;
  if (actor.type === 'user' && !includesRole(actor.role, role)) throw new ForbiddenError(role);
  if (kind === 'changes') refuseReadOnlyToken(actor);
  return actor;
}

/** @throws AppError `read-only-token` */
export function refuseReadOnlyToken(actor: Actor): void {
  if (actor.type !== 'user' || actor.by.kind !== 'token' || actor.by.access !== 'read') return;
  throw new AppError({
    code: 'read-only-token',
    title: 'This API token only reads.',
    remedy: 'Use a token with full access: Settings, API tokens.',
    fixer: 'you',
  });
}

/** As requireRole, for what only a person can do: sign in at Microsoft, own a connection. @throws ForbiddenError */
export function requireUser(ctx: Pick<Context, 'actor'>, role: Role): UserActor {
  const actor = requireRole(ctx, role);
  if (actor.type !== 'user') throw new ForbiddenError(`${role} (a person who is signed in)`);
  return actor;
}

/** For what only somebody with a shell on the machine does. @throws ForbiddenError */
export function requireOperator(ctx: Pick<Context, 'actor'>): void {
  if (ctx.actor.type === 'user') throw new ForbiddenError('operator (a shell on the machine)');
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
