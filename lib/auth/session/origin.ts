const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whether a request may change something and does not say that it comes from one of our own pages (Origin header, RFC 6454 section 7):
 * a browser sends the session cookie along with a form of any site.
 */
export function isForeignOrigin(request: Pick<Request, 'method' | 'headers' | 'url'>, baseUrl: string): boolean {
  if (READING.has(request.method)) return false;
  const origin = request.headers.get('origin');
  return origin === null || (origin !== baseUrl && origin !== new URL(request.url).origin);
}
