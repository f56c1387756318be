import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TlsServer } from './tls-server.ts';

/** An authority that issues the tokens `token-1`, `token-2`, ... by client credentials, as the Microsoft identity platform does. */
export interface TokenIssuer {
  readonly origin: string;
  /** Bodies of the requests for tokens. */
  readonly requests: URLSearchParams[];
  /** Lifetime of the next tokens. */
  expiresInSeconds: number;
  /** What the next requests are refused with; null: nothing. */
  refusal: string | null;
  stop(): Promise<void>;
}

export async function startTokenIssuer({ leaf }: Pick<TlsServer, 'leaf'>): Promise<TokenIssuer> {
  const server = createServer({ cert: leaf['server.crt'], key: leaf['server.key'] }, (request, answer) => {
    const { pathname } = new URL(request.url ?? '', 'https://issuer');
    const tenant = pathname.split('/')[1];
    const reply = (status: number, body: object) =>
      answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (pathname.endsWith('/openid-configuration')) {
      const base = `${issuer.origin}/${tenant}`;
      reply(200, {
        issuer: `${base}/v2.0`,
        authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
        token_endpoint: `${base}/oauth2/v2.0/token`,
        jwks_uri: `${base}/discovery/v2.0/keys`,
      });
      return;
    }
    let body = '';
    request.on('data', (data: Buffer) => (body += data.toString()));
    request.on('end', () => {
      issuer.requests.push(new URLSearchParams(body));
      if (issuer.refusal !== null)
        reply(401, { error: 'invalid_client', error_description: issuer.refusal, error_codes: [7000215] });
      else
        reply(200, {
          token_type: 'Bearer',
          expires_in: issuer.expiresInSeconds,
          ext_expires_in: issuer.expiresInSeconds,
          access_token: `token-${issuer.requests.length}`,
        });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer: TokenIssuer = {
    origin: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ requests: [], expiresInSeconds: 3600, refusal: null },
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return issuer;
}
