import 'server-only';
import { headers } from 'next/headers';
import { unstable_rethrow } from 'next/navigation';
import type { z } from 'zod';
import { clientAddress } from '#lib/auth/session/client-address.ts';
import type { Role } from '#lib/domain/account/role.ts';
import type { ActionResult } from '#lib/domain/problem.ts';
import type { Context } from '#lib/services/context.ts';
import { requireRole } from '#lib/services/require-role.ts';
import { composition } from './composition.ts';
import { getActionContext, type UserContext } from './context.ts';
import { toActionError } from './to-problem.ts';

/** A server action as a form or a button calls it. */
export type Action<S extends z.ZodType, T> = (input: z.input<S>) => Promise<ActionResult<T>>;

/**
 * Creates a server action for people with at least `role`: finds the actor, checks the role, then parses the input, calls the service, and converts
 * any error to a problem to show. `redirect()` and `notFound()` pass through. The service checks the role again.
 */
export function defineAction<S extends z.ZodType, T>(
  role: Role,
  schema: S,
  run: (ctx: UserContext, input: z.output<S>) => Promise<T>,
): Action<S, T> {
  return (input) =>
    answer(async () => {
      const ctx = await getActionContext();
      requireRole(ctx, role);
      return run(ctx, schema.parse(input));
    });
}

/** Context of an action for signed-out people: it has no actor. */
export type PublicContext = Pick<Context, 'db' | 'clock' | 'log'> & { readonly ip: string };

/** Like defineAction, without authentication; only for the sign-in and set-up pages. */
export function definePublicAction<S extends z.ZodType, T>(
  schema: S,
  run: (ctx: PublicContext, input: z.output<S>) => Promise<T>,
): Action<S, T> {
  return (input) =>
    answer(async () => {
      const { db, clock, log } = composition().services;
      return run({ db, clock, log, ip: clientAddress(await headers()) }, schema.parse(input));
    });
}

async function answer<T>(run: () => Promise<T>): Promise<ActionResult<T>> {
  try {
    return { ok: true, value: await run() };
  } catch (error) {
    unstable_rethrow(error);
    return { ok: false, problem: toActionError(error) };
  }
}
