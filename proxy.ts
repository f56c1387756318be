import { type NextRequest, NextResponse } from 'next/server';
import { isForeignOrigin } from '#lib/auth/session/origin.ts';
import { readSession } from '#lib/auth/session/session.ts';
import { PATH_HEADER, signInPath } from '#lib/domain/connection/callback-path.ts';
import { env } from '#lib/platform/config/env.ts';

/** Reachable without a session; what they show or do checks for itself. */
const PUBLIC = /^\/(sign-in|setup|set-password|api\/auth|api\/health)(\/|$)/;
/** Data gateways prove themselves by a signature in every request; no browser comes here. */
const GATEWAY = /^\/api\/gateway\//;
/** Route handlers look at the origin themselves: they know whether a bearer token authenticated. */
const API = /^\/api\/v1(\/|$)/;
/** A page in spite of its address. */
const API_PAGE = /^\/api\/docs(\/|$)/;

/**
 * Turns away what changes something and comes from a page of another origin, and the signed-out, before anything is rendered. It only
 * looks whether the cookie is valid: whether the person may still come in, and what they may do, is decided by getContext and the services.
 */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const { pathname, search } = request.nextUrl;
  if (GATEWAY.test(pathname)) return NextResponse.next();
  const { AUTH_SECRET: secret, baseUrl } = env();
  const isApi = API.test(pathname);
  if (!isApi && isForeignOrigin(request, baseUrl)) return foreignOrigin();
  if (PUBLIC.test(pathname)) return NextResponse.next();
  if (isApi && request.headers.has('authorization')) return NextResponse.next();
  const session =
    secret === undefined ? null : await readSession(request.headers, { secret, secure: baseUrl.startsWith('https:') });
  if (session === null && pathname.startsWith('/api/') && !API_PAGE.test(pathname)) return unauthenticated();
  if (session === null) return NextResponse.redirect(new URL(signInPath(`${pathname}${search}`), baseUrl));
  const headers = new Headers(request.headers);
  headers.set(PATH_HEADER, `${pathname}${search}`);
  return NextResponse.next({ request: { headers } });
}

export const config = {
  matcher: ['/((?!_next/static|_next/image|favicon.ico|icon.svg|apple-icon.png|robots.txt).*)'],
};

function unauthenticated(): NextResponse {
  return refuse(401, {
    code: 'unauthenticated',
    title: 'You are not signed in.',
    remedy: 'Sign in, or send an API token in the Authorization header.',
  });
}

function foreignOrigin(): NextResponse {
  return refuse(403, {
    code: 'foreign-origin',
    title: 'This request does not come from a page of Entrada.',
    remedy: 'Open Entrada at its own address (ENTRADA_URL) and try again.',
  });
}

function refuse(
  status: number,
  problem: { readonly code: string; readonly title: string; readonly remedy: string },
): NextResponse {
  return NextResponse.json(
    { type: `urn:entrada:problem:${problem.code}`, status, ...problem },
    { status, headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' } },
  );
}
