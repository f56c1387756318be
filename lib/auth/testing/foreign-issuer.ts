import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import Provider, { type Configuration } from 'oidc-provider';
import { openTls } from '#lib/emulator/tls.ts';

/** Additional claims in a person's ID token besides `sub`; `oid` and `tid` have defaults. */
export type PersonClaims = Readonly<Record<string, unknown>>;

/**
 * An independent OpenID provider: the certified npm package `oidc-provider`, with the addresses, scopes and claims of Entra
 * (Microsoft docs "OpenID Connect on the Microsoft identity platform", "ID token claims reference"). Not simulated: pairwise `sub`,
 * `_claim_sources` that can be followed, conditional access, consent, Entra's error texts (AADSTS).
 */
export interface ForeignIssuer {
  /** `https://localhost:<port>/<tenant>/v2.0` */
  readonly issuer: string;
  readonly tenant: string;
  /** PEM of the certificate authority of its TLS, and the path of its file. */
  readonly caPem: string;
  readonly caFile: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Its signing key; the key id is KEY_ID. */
  readonly privateKey: KeyObject;
  stop(): Promise<void>;
}

export const KEY_ID = 'entra-like';

const TENANT = '2b6b4b0e-52f1-4f0c-9c6e-6f3c1d0a9e11';
const CLIENT_ID = '8d3f2a64-1f0b-4a3c-8f53-0c9d6b7e2a01';
const CLIENT_SECRET = 'a-secret-of-the-registration~1';

/** Claims that Entra adds to ID tokens, by scope. */
const CLAIMS = {
  openid: ['sub', 'acct', 'idp', 'groups', 'roles', '_claim_names'],
  profile: ['oid', 'tid', 'name', 'preferred_username', 'auth_time'],
  email: ['email'],
};

/**
 * Starts the provider with a registration for `redirectUri`. Signing in as `<login>` with any password gives the claims of `people[login]`; others
 * are
 * unknown. @param options.dir folder of its certificates
 */
export async function startForeignIssuer(options: {
  readonly dir: string;
  readonly redirectUri: string;
  readonly people: Readonly<Record<string, PersonClaims>>;
}): Promise<ForeignIssuer> {
  const tls = await openTls(options.dir, new Date());
  const server = createServer({ cert: tls.certPem, key: tls.keyPem });
  await new Promise<void>((done) => server.listen(0, 'localhost', done));
  const origin = `https://localhost:${(server.address() as AddressInfo).port}`;
  const issuer = `${origin}/${TENANT}/v2.0`;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  serve(server, new Provider(issuer, configuration({ ...options, privateKey })));
  return {
    issuer,
    tenant: TENANT,
    caPem: tls.caPem,
    caFile: tls.caFile,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    privateKey,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** Serves under `/<tenant>` like Entra: metadata below the issuer, endpoints beside it. */
function serve(server: Server, provider: Provider): void {
  const answer = provider.callback();
  server.on('request', (request, response) => {
    const path = request.url ?? '/';
    const below = path.startsWith(`/${TENANT}/`) ? path.slice(TENANT.length + 1) : path;
    const moved = below.replace(/^\/v2\.0\/(?=\.well-known\/)/, '/');
    Object.assign(request, { originalUrl: `/${TENANT}${moved}`, url: moved });
    void answer(request, response);
  });
}

interface Setting {
  readonly redirectUri: string;
  readonly people: Readonly<Record<string, PersonClaims>>;
  readonly privateKey: KeyObject;
}

function configuration({ redirectUri, people, privateKey }: Setting): Configuration {
  return {
    clients: [
      { client_id: CLIENT_ID, client_secret: CLIENT_SECRET, redirect_uris: [redirectUri], grant_types: ['authorization_code'] },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: KEY_ID, use: 'sig' }] },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    claims: CLAIMS,
    // Entra's ID tokens contain all claims of the scopes, not only those missing from userinfo.
    conformIdTokenClaims: false,
    routes: {
      authorization: '/oauth2/v2.0/authorize',
      token: '/oauth2/v2.0/token',
      jwks: '/discovery/v2.0/keys',
      end_session: '/oauth2/v2.0/logout',
      userinfo: '/oidc/userinfo',
    },
    ttl: { Session: 600, Interaction: 600, Grant: 600, IdToken: 3600, AccessToken: 600, AuthorizationCode: 60 },
    findAccount: (_ctx, login) =>
      people[login] === undefined
        ? undefined
        : { accountId: login, claims: () => ({ sub: login, ...personClaims(login, people[login]) }) },
    // An administrator of the tenant has consented.
    loadExistingGrant: async ({ oidc }) => {
      const { client, session } = oidc;
      if (client === undefined || session?.accountId === undefined) return undefined;
      const grant = new oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid profile email');
      await grant.save();
      return grant;
    },
  };
}

function personClaims(login: string, claims: PersonClaims | undefined): PersonClaims {
  return { tid: TENANT, oid: `oid-of-${login}`, name: login, preferred_username: `${login}@contoso.test`, ...claims };
}
