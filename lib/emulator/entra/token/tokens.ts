import { createHash, randomBytes, randomInt } from 'node:crypto';
import type { AccessClaims, SignInUser } from '#lib/emulator/contract.ts';
import { consentedPermissions, type EntraContext } from '#lib/emulator/entra/context.ts';
import type { EmulatedApp } from '#lib/emulator/entra/registration/apps.ts';
import type { RequestedScopes } from '#lib/emulator/entra/registration/scopes.ts';
import { publicJwk, signJwt } from './jwt.ts';
import { consentRequired } from './oauth-error.ts';

/** Lifetime of an access token, seconds: 60 to 90 minutes at random. @see entra-docs configurable-token-lifetimes */
const ACCESS_SECONDS = [3599, 5400] as const;
const ID_TOKEN_SECONDS = 3600;

/** Input of a token answer. */
export interface Grant {
  readonly app: EmulatedApp;
  readonly user: SignInUser;
  readonly scopes: RequestedScopes;
  readonly nonce: string | null;
  /** Time of the sign-in, ms. */
  readonly signedInMs: number;
  readonly clientInfo: boolean;
  /** The client is public: its refresh token is valid without a secret. */
  readonly publicClient?: boolean;
}

/** Body of a successful answer of the token endpoint. */
export interface TokenAnswer {
  readonly token_type: 'Bearer';
  readonly scope?: string;
  readonly expires_in: number;
  readonly ext_expires_in: number;
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly id_token?: string;
  readonly client_info?: string;
}

/**
 * Issues the tokens of a delegated grant. The access token has all permissions with consent, not only the requested ones, as in
 * Entra ("by design": AzureAD/microsoft-authentication-library-for-dotnet issue 1713, …-for-python issue 665); the answer's `scope`
 * lists them in the spelling of the request.
 * @throws OauthError 65001 when a requested permission has no consent
 */
export function issueTokens(context: EntraContext, grant: Grant): TokenAnswer {
  const { app, user, scopes } = grant;
  const { withoutPermissions } = context.faults.accessTokens;
  const consented = consentedPermissions(context, app, user.id).filter((name) => !withoutPermissions.includes(name));
  const missing = scopes.named.filter(({ name }) => !consented.includes(name));
  const granted = consented.filter((name) => !isOidc(name));
  if (missing.length > 0 || (scopes.default !== null && granted.length === 0)) throw consentRequired(app);
  const lifetime = randomInt(ACCESS_SECONDS[0], ACCESS_SECONDS[1] + 1);
  const oidc = scopes.oidc.filter((scope) => scope !== 'offline_access');
  return {
    token_type: 'Bearer',
    ...(context.faults.accessTokens.noPermissions ? {} : { scope: [...oidc, ...spellGranted(scopes, granted)].join(' ') }),
    expires_in: lifetime,
    ext_expires_in: lifetime,
    access_token: signAccessToken(context, { ...delegatedClaims(grant, [...oidc, ...granted]), lifetime }),
    ...(scopes.oidc.includes('offline_access') ? { refresh_token: sealRefreshToken(context, grant) } : {}),
    ...(scopes.oidc.includes('openid') ? { id_token: signIdToken(context, grant) } : {}),
    ...(grant.clientInfo ? { client_info: clientInfo(context, user) } : {}),
  };
}

/** App-only tokens: no scope, no refresh token. @see entra-docs v2-oauth2-client-creds-grant-flow */
export function issueAppToken(context: EntraContext, app: EmulatedApp): TokenAnswer {
  const claims = {
    oid: app.servicePrincipalId,
    sub: app.servicePrincipalId,
    idtyp: 'app',
    appid: app.clientId,
    app_displayname: app.displayName,
    roles: app.applicationPermissions.filter((name) => !context.faults.accessTokens.withoutPermissions.includes(name)),
  };
  // App-only tokens have a fixed lifetime of one hour.
  const lifetime = ACCESS_SECONDS[0];
  return {
    token_type: 'Bearer',
    expires_in: lifetime,
    ext_expires_in: lifetime,
    access_token: signAccessToken(context, { ...claims, lifetime }),
  };
}

function isOidc(name: string): boolean {
  return ['openid', 'profile', 'email', 'offline_access'].includes(name);
}

/** The requested scopes unchanged, then the others with the same prefix. MSAL's cache does not match any other spelling. */
function spellGranted(scopes: RequestedScopes, granted: readonly string[]): readonly string[] {
  const asked = scopes.named.map(({ spelling }) => spelling);
  const names = scopes.named.map(({ name }) => name);
  const others = granted.filter((name) => !names.includes(name)).map((name) => scopes.prefix + name);
  return [...asked, ...others, ...(scopes.default === null ? [] : [scopes.default])];
}

/** A subject per person and app. */
function pairwiseSubject(userId: string, clientId: string): string {
  return createHash('sha256').update(`${userId}:${clientId}`).digest('base64url');
}

/** `uid` and `utid` of the account; MSAL builds its home account id from them. */
export function clientInfo(context: EntraContext, user: SignInUser): string {
  return Buffer.from(JSON.stringify({ uid: user.id, utid: context.directory.tenantId })).toString('base64url');
}

function delegatedClaims(grant: Grant, scp: readonly string[]): Omit<AccessClaims, 'aud' | 'iss' | 'exp' | 'tid'> {
  const { app, user } = grant;
  const names = user.displayName.split(' ');
  return {
    acr: '1',
    amr: ['pwd'],
    app_displayname: app.displayName,
    appid: app.clientId,
    appidacr: '1',
    family_name: names.slice(1).join(' '),
    given_name: names[0] ?? '',
    idtyp: 'user',
    ipaddr: '127.0.0.1',
    name: user.displayName,
    oid: user.id,
    scp: scp.join(' '),
    sub: pairwiseSubject(user.id, app.clientId),
    unique_name: user.userPrincipalName,
    upn: user.userPrincipalName,
    wids: user.isAdmin ? [GLOBAL_ADMINISTRATOR] : [DEFAULT_USER],
    xms_tcdt: 1_577_836_800,
  } as Omit<AccessClaims, 'aud' | 'iss' | 'exp' | 'tid'>;
}

/** Template ids of the directory roles in a token's `wids`. */
const GLOBAL_ADMINISTRATOR = '62e90394-69f5-4237-9190-012177145e10';
const DEFAULT_USER = 'b79fbf4d-3ef9-4689-8143-76b194e85509';

interface SignedParts {
  readonly lifetime: number;
  readonly scp?: string;
  readonly roles?: readonly string[];
}

function signAccessToken(context: EntraContext, { lifetime, scp, roles, ...rest }: SignedParts): string {
  const granted = { ...(scp === undefined ? {} : { scp }), ...(roles === undefined ? {} : { roles }) };
  const named = context.faults.accessTokens.noPermissions ? { rh: context.sealer.seal('permissions', granted) } : granted;
  const own = { ...rest, ...named };
  const issuedAt = Math.floor(context.clock.now().getTime() / 1000);
  return signJwt(context.keys.signing, publicJwk(context.keys.signing).kid, {
    aud: context.origins.tls,
    iss: `${context.origins.tls}/${context.directory.tenantId}/`,
    iat: issuedAt,
    // Entra sets the start of validity five minutes back, for clocks that lag.
    nbf: issuedAt - 300,
    exp: issuedAt + lifetime,
    ...own,
    tenant_region_scope: 'EU',
    tid: context.directory.tenantId,
    uti: randomBytes(16).toString('base64url'),
    ver: '1.0',
  });
}

function signIdToken(context: EntraContext, grant: Grant): string {
  const { app, user, scopes, nonce } = grant;
  const issuedAt = Math.floor(context.clock.now().getTime() / 1000);
  return signJwt(context.keys.signing, publicJwk(context.keys.signing).kid, {
    aud: app.clientId,
    iss: `${context.origins.tls}/${context.directory.tenantId}/v2.0`,
    iat: issuedAt,
    nbf: issuedAt - 300,
    exp: issuedAt + ID_TOKEN_SECONDS,
    ...(scopes.oidc.includes('email') ? { email: user.userPrincipalName } : {}),
    ...(nonce === null ? {} : { nonce }),
    ...(scopes.oidc.includes('profile') ? { name: user.displayName, preferred_username: user.userPrincipalName } : {}),
    oid: user.id,
    sub: pairwiseSubject(user.id, app.clientId),
    tid: context.directory.tenantId,
    uti: randomBytes(16).toString('base64url'),
    ver: '2.0',
  });
}

function sealRefreshToken(context: EntraContext, grant: Grant): string {
  const value = {
    id: randomBytes(12).toString('base64url'),
    clientId: grant.app.clientId,
    userId: grant.user.id,
    issuedMs: context.clock.now().getTime(),
    signedInMs: grant.signedInMs,
    publicClient: grant.publicClient ?? false,
    // A refresh without a scope parameter requests the same scopes.
    scope: [...grant.scopes.oidc, ...grant.scopes.named.map(({ spelling }) => spelling), grant.scopes.default ?? '']
      .join(' ')
      .trim(),
  };
  return context.sealer.seal('refresh-token', value, 1100);
}
