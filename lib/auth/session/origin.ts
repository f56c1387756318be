const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whether a request may change data and its Origin header (RFC 6454 section 7) is not one of this server:
 * a browser sends the session cookie also with a form of another site.
 */
export function isForeignOrigin(request: Pick<Request, 'method' | 'headers' | 'url'>, baseUrl: string): boolean {
  if (READING.has(request.method)) return false;
  const origin = request.headers.get('origin');
  return origin === null || (origin !== baseUrl && origin !== new URL(request.url).origin);
}
