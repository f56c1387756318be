/**
 * The caller's address, for counting attempts only. `entrada web` sets the header from the socket, or from what a trusted proxy says
 * (bin/launcher/web/incoming.ts); what a caller wrote there never gets this far.
 */
export function clientAddress(headers: Headers): string {
  return headers.get('x-forwarded-for')?.split(',')[0]?.trim().slice(0, 64) || 'unknown';
}
