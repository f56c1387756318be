/** Any origin will do: it only has to be the same before and after. */
const HERE = 'http://here.invalid';

/**
 * Where to go after sign-in: a path on this very server, or `/`. Whole addresses, `//host`, `/\host` and the sign-in pages themselves
 * are refused, so that a crafted link can't send a freshly signed-in person elsewhere.
 */
export function safeCallbackPath(value: string | null | undefined): string {
  if (value === null || value === undefined || !value.startsWith('/')) return '/';
  const url = URL.parse(value, HERE);
  if (url === null || url.origin !== HERE || url.pathname.startsWith('//')) return '/';
  if (/^\/(sign-in|setup|set-password|api)(\/|$)/.test(url.pathname)) return '/';
  return `${url.pathname}${url.search}${url.hash}`;
}

/** Request header in which proxy.ts passes the requested path to a page. */
export const PATH_HEADER = 'x-entrada-path';

/** The sign-in page, which leads back to `path` afterwards. */
export function signInPath(path: string | null): string {
  const back = safeCallbackPath(path);
  return back === '/' ? '/sign-in' : `/sign-in?${new URLSearchParams({ callbackUrl: back })}`;
}
