import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface WebHeaderSettings {
  /** Where people reach the app, without trailing slash. */
  readonly baseUrl: string;
  /** Development mode evaluates code and talks to the page over a web socket. */
  readonly dev: boolean;
  /** Origin of the second sign-in provider, to which the sign-in form leads; null: there is none. */
  readonly signInOrigin: string | null;
}

/** Request header that carries the nonce to the pages. */
const NONCE_HEADER = 'x-nonce';
const YEAR_SECONDS = 31_536_000;

/**
 * Headers of every answer, set before Next.js handles the request: a content security policy (CSP Level 3) with a nonce of its own for each
 * request, HSTS (RFC 6797) where people come by https, and `no-store` unless whoever answers says otherwise. Next.js finds the nonce in the
 * request's header and writes it into its scripts; what a client sent in these headers is overwritten.
 */
export function setWebHeaders(request: IncomingMessage, response: ServerResponse, settings: WebHeaderSettings): void {
  const nonce = randomBytes(16).toString('base64');
  const policy = contentPolicy(nonce, settings);
  request.headers['content-security-policy'] = policy;
  delete request.headers['content-security-policy-report-only'];
  request.headers[NONCE_HEADER] = nonce;
  response.setHeader('Content-Security-Policy', policy);
  response.setHeader('Cache-Control', 'no-store');
  if (settings.baseUrl.startsWith('https:')) response.setHeader('Strict-Transport-Security', `max-age=${YEAR_SECONDS}`);
}

function contentPolicy(nonce: string, { dev, signInOrigin }: WebHeaderSettings): string {
  const directives = {
    'default-src': "'self'",
    'script-src': `'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ''}`,
    // Radix and Sonner place what floats by style attributes.
    'style-src': "'self' 'unsafe-inline'",
    'img-src': "'self' data: blob:",
    'font-src': "'self' data:",
    'connect-src': `'self'${dev ? ' ws: wss:' : ''}`,
    'form-action': `'self'${signInOrigin === null ? '' : ` ${signInOrigin}`}`,
    'frame-ancestors': "'none'",
    'base-uri': "'self'",
    'object-src': "'none'",
  };
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources}`)
    .join('; ');
}
