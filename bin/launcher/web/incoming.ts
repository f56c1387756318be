import type { IncomingMessage, ServerResponse } from 'node:http';
import { inNetworks, type Network, unmapIpv4 } from '#lib/platform/http/networks.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Why a request is refused, and the HTTP status. */
export interface Refusal {
  readonly status: 400 | 405;
  readonly code: string;
  readonly title: string;
}

/** Refuses requests that Next.js would answer with an internal error: unsupported methods, and invalid addresses. */
export function refusalOf({ method = '', url = '' }: Pick<IncomingMessage, 'method' | 'url'>): Refusal | null {
  if (!METHODS.includes(method)) {
    return { status: 405, code: 'method-not-allowed', title: `Entrada does not support the method ${method}.` };
  }
  return isAddress(url) ? null : { status: 400, code: 'bad-address', title: 'The URL of this request is not valid.' };
}

/** Whether it is a path with valid escapes (RFC 3986, section 2.1), and not the absolute form of a proxy request (RFC 9112, section 3.2.2). */
function isAddress(url: string): boolean {
  const path = /^[^?#]*/.exec(url)?.[0] ?? '';
  if (!path.startsWith('/') || /^\/[/\\]/.test(path)) return false;
  try {
    return !decodeURIComponent(path).includes('\0') && URL.canParse(url, 'http://localhost');
  } catch {
    return false;
  }
}

/** Answers a refusal as Problem Details (RFC 9457). */
export function refuse(response: ServerResponse, { status, code, title }: Refusal): void {
  const problem = { type: `urn:entrada:problem:${code}`, status, code, title };
  response.writeHead(status, {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    ...(status === 405 ? { allow: METHODS.join(', ') } : {}),
    connection: 'close',
  });
  response.end(JSON.stringify(problem));
}

/**
 * Creates the function that determines a client's address: that of the socket, or where the socket belongs to a trusted proxy, the nearest address in
 * `X-Forwarded-For` that does not. The client controls entries further left.
 */
export function createAddressReader(
  trusted: readonly Network[],
): (socketAddress: string | undefined, forwardedFor: string | readonly string[] | undefined) => string {
  const isTrusted = inNetworks(trusted);
  return (socketAddress = 'unknown', forwardedFor = '') => {
    const hops = [forwardedFor]
      .flat()
      .join(',')
      .split(',')
      .map((hop) => unmapIpv4(hop.trim()))
      .filter((hop) => hop !== '');
    let address = unmapIpv4(socketAddress);
    while (isTrusted(address)) {
      const before = hops.pop();
      if (before === undefined) break;
      address = before;
    }
    return address;
  };
}
