import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { EmulatorRequest, SignInUser } from '#lib/emulator/contract.ts';
import { type EntraContext, requireParameter, type TenantSegment } from '#lib/emulator/entra/context.ts';
import type { EmulatedApp } from '#lib/emulator/entra/registration/apps.ts';
import { parseScopes, type RequestedScopes } from '#lib/emulator/entra/registration/scopes.ts';
import { authenticateClient, isPublicCall, requirePublicApp } from './client-auth.ts';
import { AuthorizationCode } from './code.ts';
import { DEVICE_GRANTS } from './device-code.ts';
import { OauthError } from './oauth-error.ts';
import { issueAppToken, issueTokens, type TokenAnswer } from './tokens.ts';

/** A refresh token expires after this time without use. @see entra-docs identity-platform/refresh-tokens */
const REFRESH_IDLE_MS = 90 * 86_400_000;

const RefreshToken = z.object({
  clientId: z.string(),
  userId: z.string(),
  issuedMs: z.number(),
  signedInMs: z.number(),
  scope: z.string(),
  /** Issued to a public client and valid for one. */
  publicClient: z.boolean().default(false),
});

/**
 * `POST /{tenant}/oauth2/v2.0/token`.
 * @throws OauthError for every refusal
 * @see entra-docs identity-platform/v2-oauth2-auth-code-flow
 */
export function redeemGrant(context: EntraContext, tenant: TenantSegment, request: EmulatorRequest): TokenAnswer {
  const form = new URLSearchParams(Buffer.from(request.body).toString('utf8'));
  const grantType = requireParameter(form.get('grant_type'), 'grant_type');
  if (DEVICE_GRANTS.has(grantType)) return redeemDeviceCode(context, tenant, form);
  const app =
    grantType === 'refresh_token' && isPublicCall(request, form) && isOfPublicClient(context, form)
      ? requirePublicApp(context, tenant, form)
      : authenticateClient(context, tenant, request, form);
  switch (grantType) {
    case 'authorization_code':
      return redeemCode(context, app, form);
    case 'refresh_token':
      return redeemRefreshToken(context, app, form);
    case 'client_credentials':
      return redeemClientCredentials(context, tenant, app, form);
    default:
      throw new OauthError(70003, `The app requested an unsupported grant type '${grantType}'.`);
  }
}

/** @throws OauthError like `DeviceCodes.redeem` */
function redeemDeviceCode(context: EntraContext, tenant: TenantSegment, form: URLSearchParams): TokenAnswer {
  const app = requirePublicApp(context, tenant, form);
  const { userId, signedInMs, scope } = context.devices.redeem(requireParameter(form.get('device_code'), 'device_code'), app);
  return issueTokens(context, {
    app,
    user: requireUser(context, userId),
    scopes: parseScopes(scope, context.origins.tls),
    nonce: null,
    signedInMs,
    clientInfo: form.get('client_info') === '1',
    publicClient: true,
  });
}

function isOfPublicClient(context: EntraContext, form: URLSearchParams): boolean {
  const opened = context.sealer.open('refresh-token', form.get('refresh_token') ?? '');
  return opened.ok && RefreshToken.parse(opened.value).publicClient;
}

function redeemCode(context: EntraContext, app: EmulatedApp, form: URLSearchParams): TokenAnswer {
  const text = requireParameter(form.get('code'), 'code');
  const redirectUri = requireParameter(form.get('redirect_uri'), 'redirect_uri');
  const code = AuthorizationCode.parse(openSealed(context, 'code', text));
  const now = context.clock.now().getTime();
  if (code.clientId !== app.clientId) throw invalidGrant('The authorization code was issued to another client.');
  if (code.redirectUri !== redirectUri) {
    throw new OauthError(
      500112,
      `The reply address '${redirectUri}' does not match the reply address '${code.redirectUri}' provided when requesting Authorization code.`,
    );
  }
  checkVerifier(code, form.get('code_verifier'));
  if (now >= code.expiresMs) {
    throw new OauthError(
      70008,
      'The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.',
    );
  }
  const user = requireUser(context, code.userId);
  checkRevoked(context, user, code.issuedMs);
  const scopes = withDefaults(parseScopes(form.get('scope') ?? code.scope, context.origins.tls), code.scope, context);
  const answer = issueTokens(context, {
    app,
    user,
    scopes,
    nonce: code.nonce,
    signedInMs: code.signedInMs,
    clientInfo: form.get('client_info') === '1',
  });
  if (!context.state.redeemCode(code.id, code.expiresMs, now)) {
    throw new OauthError(
      54005,
      'OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.',
    );
  }
  return answer;
}

/** OpenID scopes of the sign-in also apply to the redemption when its own `scope` omits them. */
function withDefaults(scopes: RequestedScopes, authorized: string, context: EntraContext): RequestedScopes {
  const { oidc } = parseScopes(authorized, context.origins.tls);
  return { ...scopes, oidc: [...new Set([...scopes.oidc, ...oidc])] };
}

/** RFC 7636 section 4.6. */
function checkVerifier(code: AuthorizationCode, verifier: string | null): void {
  if (code.challenge === null && verifier === null) return;
  const hashed = createHash('sha256')
    .update(verifier ?? '')
    .digest('base64url');
  const expected = code.challengeMethod === 'S256' ? hashed : verifier;
  if (verifier === null || code.challenge !== expected) {
    throw new OauthError(501481, 'The Code_Verifier does not match the code_challenge supplied in the authorization request.');
  }
}

function redeemRefreshToken(context: EntraContext, app: EmulatedApp, form: URLSearchParams): TokenAnswer {
  const text = requireParameter(form.get('refresh_token'), 'refresh_token');
  const token = RefreshToken.parse(openSealed(context, 'refresh-token', text));
  if (token.clientId !== app.clientId) throw invalidGrant('The refresh token was issued to another client.');
  if (context.clock.now().getTime() - token.issuedMs >= REFRESH_IDLE_MS) {
    throw new OauthError(
      700082,
      `The refresh token has expired due to inactivity. The token was issued on ${new Date(token.issuedMs).toISOString()} and was inactive for 90.00:00:00.`,
    );
  }
  const user = requireUser(context, token.userId);
  checkRevoked(context, user, token.issuedMs);
  const scopes = parseScopes(form.get('scope') ?? token.scope, context.origins.tls);
  const { oidc } = parseScopes(token.scope, context.origins.tls);
  return issueTokens(context, {
    app,
    user,
    // After a refresh token was issued, every refresh returns a new one; the old one stays valid.
    scopes: { ...scopes, oidc: [...new Set([...scopes.oidc, ...oidc.filter((scope) => scope === 'offline_access')])] },
    nonce: null,
    signedInMs: token.signedInMs,
    clientInfo: form.get('client_info') === '1',
    publicClient: token.publicClient,
  });
}

function redeemClientCredentials(
  context: EntraContext,
  tenant: TenantSegment,
  app: EmulatedApp,
  form: URLSearchParams,
): TokenAnswer {
  if (tenant.shared) {
    throw new OauthError(
      50194,
      'Usage of the /common or /organizations endpoint is not supported for the client_credentials grant.',
    );
  }
  const scope = requireParameter(form.get('scope'), 'scope');
  const parsed = parseScopes(scope, context.origins.tls);
  if (parsed.default === null || parsed.oidc.length > 0) {
    throw new OauthError(
      1002012,
      `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
    );
  }
  return issueAppToken(context, app);
}

function openSealed(context: EntraContext, purpose: 'code' | 'refresh-token', text: string): unknown {
  const opened = context.sealer.open(purpose, text);
  if (opened.ok) return opened.value;
  if (opened.reason === 'malformed') throw new OauthError(9002313, 'Invalid request. Request is malformed or invalid.');
  const name = purpose === 'code' ? 'code' : 'refresh_token';
  throw invalidGrant(`Provided value for the input parameter '${name}' is not valid.`);
}

function invalidGrant(why: string): OauthError {
  return new OauthError(70000, `Provided grant is invalid or malformed. ${why}`);
}

function requireUser(context: EntraContext, userId: string): SignInUser {
  const user = context.directory.userById(userId);
  if (user === null) {
    throw new OauthError(
      50034,
      `The user account does not exist in the ${context.directory.tenantDisplayName} directory. To sign into this application, the account must be added to the directory.`,
    );
  }
  if (!user.accountEnabled) throw new OauthError(50057, 'The user account is disabled.');
  return user;
}

function checkRevoked(context: EntraContext, user: SignInUser, issuedMs: number): void {
  const revokedMs = context.state.revokedAt(user.id);
  if (issuedMs > revokedMs) return;
  throw new OauthError(
    50173,
    `The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password. The grant was issued on '${new Date(issuedMs).toISOString()}' and the TokensValidFrom date (before which tokens are not valid) for this user is '${new Date(revokedMs).toISOString()}'.`,
  );
}
