import 'server-only';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import { type ApiActor, apiActor, type SignedInActor, sessionActor } from '#lib/auth/session/session.ts';
import { PATH_HEADER, signInPath } from '#lib/domain/connection/callback-path.ts';
import { UnauthenticatedError } from '#lib/platform/errors.ts';
import type { Context } from '#lib/services/context.ts';
import { composition } from './composition.ts';

/** A context whose actor is a signed-in person. */
export type UserContext = Context & { readonly actor: SignedInActor };

/** Context of an API request: the actor is a signed-in person or an API token. */
export type ApiContext = Context & { readonly actor: ApiActor };

/**
 * The context of this request of a page or an action; null when signed out. Reads the person from the database once per request.
 * Only the session cookie counts: API tokens are valid only for the API, so that a page never acts for two people.
 */
export const getOptionalContext: () => Promise<UserContext | null> = cache(async () => {
  // Called first: it marks the page as dynamic for the build, which has no environment.
  const requestHeaders = await headers();
  const { services, session } = composition();
  return toContext(await sessionActor(services.db, requestHeaders, session, { now: services.clock.now() }));
});

/** For pages and layouts: redirects signed-out people to the sign-in page, which returns to this path. */
export async function getContext(): Promise<UserContext> {
  const context = await getOptionalContext();
  if (context === null) redirect(signInPath((await headers()).get(PATH_HEADER)));
  return context;
}

/** For server actions. @throws UnauthenticatedError */
export async function getActionContext(): Promise<UserContext> {
  const context = await getOptionalContext();
  if (context === null) throw new UnauthenticatedError();
  return context;
}

/** For route handlers: `Authorization: Bearer`, else the session cookie. @throws UnauthenticatedError */
export async function getApiContext(request: Request): Promise<ApiContext> {
  const { services, session } = composition();
  const context = toContext(await apiActor(services.db, request.headers, session, { now: services.clock.now() }));
  if (context === null) throw new UnauthenticatedError();
  return context;
}

/** Whether the sender of an API request is still authorised; for answers that last longer than their handler. Does not extend the session. */
export async function isStillAuthorized(request: Request): Promise<boolean> {
  const { services, session } = composition();
  return (await apiActor(services.db, request.headers, session, { now: services.clock.now(), silent: true })) !== null;
}

function toContext<A extends ApiActor>(actor: A | null): (Context & { readonly actor: A }) | null {
  return actor === null ? null : { ...composition().services, actor };
}
