import type { IncomingMessage, ServerResponse } from 'node:http';
import { inNetworks, type Network, unmapIpv4 } from '#lib/platform/http/networks.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Why a request goes no further, and the status that says so. */
export interface Refusal {
  readonly status: 400 | 405;
  readonly code: string;
  readonly title: string;
}

/** What Next.js would meet with an error of its own: methods that nothing here has, and addresses that are none. */
export function refusalOf({ method = '', url = '' }: Pick<IncomingMessage, 'method' | 'url'>): Refusal | null {
  if (!METHODS.includes(method)) {
    return { status: 405, code: 'method-not-allowed', title: `Entrada does not answer ${method}.` };
  }
  return isAddress(url) ? null : { status: 400, code: 'bad-address', title: 'The address of this request is not one.' };
}

/** A path with escapes that hold (RFC 3986, section 2.1), and no whole URL as a proxy is asked for (RFC 9112, section 3.2.2). */
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
 * Makes the function that finds a caller's address: that of the socket, or where the socket is a trusted proxy's, the nearest address in
 * `X-Forwarded-For` that is not. Entries further left are the caller's own words.
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
