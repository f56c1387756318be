import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface WebHeaderSettings {
  /** Public address of the app, without trailing slash. */
  readonly baseUrl: string;
  /** Development mode evaluates code and uses a web socket. */
  readonly dev: boolean;
  /** Origin of the second sign-in provider, to which the sign-in form redirects; null: there is none. */
  readonly signInOrigin: string | null;
}

/** Request header with the nonce for the pages. */
const NONCE_HEADER = 'x-nonce';
const YEAR_SECONDS = 31_536_000;

/**
 * Sets headers of every answer before Next.js handles the request: a content security policy (CSP Level 3) with a separate nonce per
 * request, HSTS (RFC 6797) with HTTPS, and `no-store` by default. Next.js reads the nonce from the
 * request's header and adds it to its scripts; values of the client are overwritten.
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
    // Radix and Sonner position floating elements by style attributes.
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
