/**
 * The client's address, only for counting attempts. `entrada web` sets the header from the socket, or from the header of a trusted proxy
 * (bin/launcher/web/incoming.ts), and discards a value that the client sent.
 */
export function clientAddress(headers: Headers): string {
  return headers.get('x-forwarded-for')?.split(',')[0]?.trim().slice(0, 64) || 'unknown';
}
