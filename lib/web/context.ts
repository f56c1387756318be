import 'server-only';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import { requestActor, type UserActor } from '#lib/auth/session.ts';
import { UnauthenticatedError } from '#lib/platform/errors.ts';
import type { Context } from '#lib/services/context.ts';
import { composition } from './composition.ts';

/** A context whose actor is a signed-in person. */
export type UserContext = Context & { readonly actor: UserActor };

/** The context of this request, or null for the signed-out; the person is read from the database once per request. */
export const getOptionalContext: () => Promise<UserContext | null> = cache(async () => toContext(await headers()));

/** For pages and layouts: the signed-out are sent to the sign-in page (proxy.ts knows the path to come back to). */
export async function getContext(): Promise<UserContext> {
  const context = await getOptionalContext();
  if (context === null) redirect('/sign-in');
  return context;
}

/** For server actions. @throws UnauthenticatedError */
export async function getActionContext(): Promise<UserContext> {
  const context = await getOptionalContext();
  if (context === null) throw new UnauthenticatedError();
  return context;
}

/** For route handlers: session cookie or `Authorization: Bearer`. @throws UnauthenticatedError */
export async function getApiContext(request: Request): Promise<UserContext> {
  const context = await toContext(request.headers);
  if (context === null) throw new UnauthenticatedError();
  return context;
}

async function toContext(requestHeaders: Headers): Promise<UserContext | null> {
  const { services, session } = composition();
  const actor = await requestActor(services.db, requestHeaders, session, services.clock.now());
  return actor === null ? null : { ...services, actor };
}
