/** An arbitrary origin: only equality before and after resolving matters. */
const HERE = 'http://here.invalid';

/**
 * The path to open after sign-in: one of this server, or `/`. Absolute URLs, `//host`, `/\\host`, the sign-in pages themselves, and
 * what is below /api but for its page are refused, so that a crafted link cannot send a person to another site.
 */
export function safeCallbackPath(value: string | null | undefined): string {
  if (value === null || value === undefined || !value.startsWith('/')) return '/';
  const url = URL.parse(value, HERE);
  if (url === null || url.origin !== HERE || url.pathname.startsWith('//')) return '/';
  if (/^\/(sign-in|setup|set-password|api(?!\/docs$))(\/|$)/.test(url.pathname)) return '/';
  return `${url.pathname}${url.search}${url.hash}`;
}

/** Request header in which proxy.ts passes the requested path to a page. */
export const PATH_HEADER = 'x-entrada-path';

/** Path of the sign-in page that returns to `path` afterwards. */
export function signInPath(path: string | null): string {
  const back = safeCallbackPath(path);
  return back === '/' ? '/sign-in' : `/sign-in?${new URLSearchParams({ callbackUrl: back })}`;
}
