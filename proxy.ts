import { type NextRequest, NextResponse } from 'next/server';
import { readSession } from '#lib/auth/session.ts';
import { safeCallbackPath } from '#lib/domain/callback-path.ts';
import { env } from '#lib/platform/env.ts';

/** Reachable without a session; what they show or do checks for itself. */
const PUBLIC = /^\/(sign-in|setup|api\/auth|api\/health)(\/|$)/;

/**
 * Turns the signed-out away before anything is rendered. It only looks whether the cookie is valid: whether the person may still come
 * in, and what they may do, is decided by getContext and the services.
 */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const { pathname, search } = request.nextUrl;
  if (PUBLIC.test(pathname)) return NextResponse.next();
  if (pathname.startsWith('/api/') && request.headers.has('authorization')) return NextResponse.next();
  const { AUTH_SECRET: secret, baseUrl } = env();
  const session =
    secret === undefined ? null : await readSession(request.headers, { secret, secure: baseUrl.startsWith('https:') });
  if (session !== null) return NextResponse.next();
  if (pathname.startsWith('/api/')) return unauthenticated();
  const signIn = new URL('/sign-in', baseUrl);
  const back = safeCallbackPath(`${pathname}${search}`);
  if (back !== '/') signIn.searchParams.set('callbackUrl', back);
  return NextResponse.redirect(signIn);
}

export const config = {
  matcher: ['/((?!_next/static|_next/image|favicon.ico|icon.svg|apple-icon.png|robots.txt).*)'],
};

function unauthenticated(): NextResponse {
  return NextResponse.json(
    {
      type: 'urn:entrada:problem:unauthenticated',
      status: 401,
      code: 'unauthenticated',
      title: 'You are not signed in.',
      remedy: 'Sign in, or send an API token in the Authorization header.',
    },
    { status: 401, headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' } },
  );
}
