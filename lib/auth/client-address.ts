/**
 * The caller's address, for counting attempts only. Next.js fills `x-forwarded-for` from the socket when no proxy did; a caller may
 * forge it, so nothing is allowed because of it.
 */
export function clientAddress(headers: Headers): string {
  return headers.get('x-forwarded-for')?.split(',')[0]?.trim().slice(0, 64) || 'unknown';
}
