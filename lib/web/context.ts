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

/** A context of a request of the API: a signed-in person or an API token. */
export type ApiContext = Context & { readonly actor: ApiActor };

/**
 * The context of this request of a page or an action, or null for the signed-out; the person is read from the database once per request.
 * By the session's cookie alone: an API token counts in the API only, or a page of one person could act as another.
 */
export const getOptionalContext: () => Promise<UserContext | null> = cache(async () => {
  // First: it marks the page as dynamic for the build, which has no environment.
  const requestHeaders = await headers();
  const { services, session } = composition();
  return toContext(await sessionActor(services.db, requestHeaders, session, { now: services.clock.now() }));
});

/** For pages and layouts: the signed-out are sent to the sign-in page, which knows the path to come back to. */
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

/** For route handlers: `Authorization: Bearer`, else the session's cookie. @throws UnauthenticatedError */
export async function getApiContext(request: Request): Promise<ApiContext> {
  const { services, session } = composition();
  const context = toContext(await apiActor(services.db, request.headers, session, { now: services.clock.now() }));
  if (context === null) throw new UnauthenticatedError();
  return context;
}

/** Whether who sent an API request may still come in: for what goes on after its handler was let in. Keeps no session open. */
export async function isStillAuthorized(request: Request): Promise<boolean> {
  const { services, session } = composition();
  return (await apiActor(services.db, request.headers, session, { now: services.clock.now(), silent: true })) !== null;
}

function toContext<A extends ApiActor>(actor: A | null): (Context & { readonly actor: A }) | null {
  return actor === null ? null : { ...composition().services, actor };
}
