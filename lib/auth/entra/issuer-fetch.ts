import { createHttp, type HttpConfig } from '#lib/platform/http/http.ts';

/** `fetch`, as far as the sign-in libraries use it. */
export type IssuerFetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/**
 * `fetch` for the sign-in library with the rules of our other requests: to the issuer's origin alone (its token endpoint and keys are there),
 * https unless the issuer is on this machine, no redirects, and with the certificate authorities and the proxy that the operator set.
 */
export function createIssuerFetch(issuer: string, config: Pick<HttpConfig, 'extraCaPem' | 'proxy'>): IssuerFetch {
  const http = createHttp({ ...config, allowedOrigins: [], operatorOrigins: [new URL(issuer).origin] });
  return async (url, init = {}) => {
    const { status, headers, body } = await http.send({
      method: init.method === 'POST' ? 'POST' : 'GET',
      url: String(url),
      headers: headersOf(init),
      ...(init.body === null || init.body === undefined ? {} : { body: await new Response(init.body).text() }),
      ...(init.signal === null || init.signal === undefined ? {} : { signal: init.signal }),
      bytesMax: BYTES_MAX,
    });
    return new Response(new Uint8Array(body), { status, headers: withoutEncoding(headers) });
  };
}

/** Metadata, keys and tokens are some ten thousand bytes. */
const BYTES_MAX = 2 ** 20;

function headersOf({ headers, body }: RequestInit): Record<string, string> {
  const given = Object.fromEntries(new Headers(headers));
  return body instanceof URLSearchParams
    ? { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8', ...given }
    : given;
}

/** The body is decoded already. */
function withoutEncoding(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !/^content-(encoding|length)$/.test(name)));
}
