import { createHttp, type HttpConfig } from '#lib/platform/http/http.ts';

/** The part of `fetch` that the sign-in libraries use. */
export type IssuerFetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/**
 * `fetch` for the sign-in library with the rules of Entrada's other requests: only to the issuer's origin (which hosts its token endpoint and keys),
 * HTTPS unless the issuer is on this machine, no redirects, with the operator's certificate authorities and proxy.
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

/** Maximum size of an answer: metadata, keys and tokens have some ten thousand bytes. */
const BYTES_MAX = 2 ** 20;

function headersOf({ headers, body }: RequestInit): Record<string, string> {
  const given = Object.fromEntries(new Headers(headers));
  return body instanceof URLSearchParams
    ? { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8', ...given }
    : given;
}

/** The headers without those of an encoding: the body is decoded already. */
function withoutEncoding(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !/^content-(encoding|length)$/.test(name)));
}
