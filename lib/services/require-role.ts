import type { Actor, PersonActor } from '#lib/domain/account/actor.ts';
import type { TokenScope } from '#lib/domain/account/api-token.ts';
import { includesRole, type Role } from '#lib/domain/account/role.ts';
import { AppError, assertNever, ForbiddenError } from '#lib/platform/errors.ts';
import type { Context } from './context.ts';

/**
 * Kind of a use case: `operates` starts, cancels, pauses or tests what exists. A use case that needs more than a viewer counts as `changes`
 * by default.
 */
export type UseKind = 'reads' | 'operates' | 'changes';

/** The scope that an API token needs for a use case. */
export function scopeOf(role: Role, kind: UseKind): TokenScope {
  if (kind === 'reads') return 'read';
  if (kind === 'operates') return 'operate';
  return role === 'admin' ? 'admin' : 'edit';
}

/**
 * The actor, proven to have `role`, and the scope where it is an API token.
 * @throws ForbiddenError; AppError `read-only-token`, `scope-missing`
 */
export function requireRole(
  ctx: Pick<Context, 'actor'>,
  role: Role,
  kind: UseKind = role === 'viewer' ? 'reads' : 'changes',
): Actor {
  const { actor } = ctx;
  const own = roleOf(actor);
  if (own === null || !includesRole(own, role)) throw new ForbiddenError(role);
  if (kind !== 'reads') refuseReadOnlyToken(actor);
  refuseMissingScope(actor, scopeOf(role, kind));
  return actor;
}

/** The role of an actor; null: none. */
function roleOf(actor: Actor): Role | null {
  switch (actor.kind) {
    case 'user':
    case 'apiToken':
      return actor.role;
    // It may start the runs of its task, whatever role its owner has now.
    case 'schedule':
      return 'editor';
    case 'gateway':
      return null;
    // The operator.
    case 'cli':
    case 'job':
      return 'admin';
    default:
      return assertNever(actor);
  }
}

/** @throws AppError `read-only-token` */
export function refuseReadOnlyToken(actor: Actor): void {
  if (actor.kind !== 'apiToken' || actor.scopes.some((scope) => scope !== 'read')) return;
  throw new AppError({
    code: 'read-only-token',
    title: 'This API token may only read.',
    remedy: 'Create a token with more scopes under Settings, API tokens.',
    fixer: 'you',
  });
}

/** @throws AppError `scope-missing` */
export function refuseMissingScope(actor: Actor, scope: TokenScope): void {
  if (actor.kind !== 'apiToken' || actor.scopes.includes(scope)) return;
  throw new AppError({
    code: 'scope-missing',
    title: `This API token does not have the scope ${scope}.`,
    remedy: 'Create a token with that scope under Settings, API tokens.',
    fixer: 'you',
  });
}

/** Like requireRole, for use cases that need a person: sign-in at Microsoft, owning a connection. @throws ForbiddenError */
export function requirePerson(ctx: Pick<Context, 'actor'>, role: Role): PersonActor {
  const actor = requireRole(ctx, role);
  if (actor.kind === 'user' || actor.kind === 'apiToken') return actor;
  throw new ForbiddenError(`${role} (a person who is signed in)`);
}

/** Only for people with a shell on the machine. @throws ForbiddenError */
export function requireOperator(ctx: Pick<Context, 'actor'>): void {
  const { kind } = ctx.actor;
  if (kind !== 'cli' && kind !== 'job') throw new ForbiddenError('operator (a shell on the machine)');
}
