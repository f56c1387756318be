import type { EmulatorHandler, EmulatorRequest, EmulatorResponse, VerifyAccessToken } from '../contract.ts';
import { type AuthorizeRequest, readAuthorizeRequest, readReplyAddress, replyError } from './authorize/authorize-request.ts';
import { authorizeDevice, deviceSignIn } from './authorize/device-pages.ts';
import { errorPage, messagePage } from './authorize/pages.ts';
import { sessionCookie } from './authorize/session.ts';
import { continueSignIn, startSignIn } from './authorize/sign-in.ts';
import { type EntraContext, requireParameter, resolveTenant, type TenantSegment } from './context.ts';
import { openIdConfiguration, signingKeys } from './discovery/discovery.ts';
import { discoverInstance } from './discovery/instance-discovery.ts';
import { parseScopes } from './registration/scopes.ts';
import { errorResponse, OauthError, stampError } from './token/oauth-error.ts';
import { redeemGrant } from './token/token-endpoint.ts';

/** Options besides the tenant. */
export interface EntraHandlerOptions {
  readonly verifyAccessToken: VerifyAccessToken;
  /** Resolves when the emulator stops; ends calls with the fault `hang`. */
  readonly stopped: Promise<void>;
}

/** The Entra half: the endpoints of login.microsoftonline.com. */
export function createEntraHandler(context: EntraContext, options: EntraHandlerOptions): EmulatorHandler {
  return async (request) => {
    if (request.url.pathname === '/oidc/userinfo') return userInfo(context, options.verifyAccessToken, request);
    if (request.url.pathname === '/error') return explainError(request);
    const [, segment = '', ...rest] = request.url.pathname.split('/');
    const route = ROUTES[`${request.method} ${rest.join('/').toLowerCase()}`];
    if (route === undefined || segment === '') return null;
    try {
      const tenant = resolveTenant(context, decodeURIComponent(segment));
      return await route(context, tenant, request, options);
    } catch (error) {
      if (!(error instanceof OauthError)) throw error;
      const stamp = stampError(context.clock.now(), clientRequestId(request));
      return PAGES.has(rest.join('/').toLowerCase()) ? errorPage(error, stamp) : errorResponse(error, stamp, context.origins.tls);
    }
  };
}

type Route = (
  context: EntraContext,
  tenant: TenantSegment,
  request: EmulatorRequest,
  options: EntraHandlerOptions,
) => EmulatorResponse | Promise<EmulatorResponse>;

/** Paths whose errors are shown as a page. */
const PAGES: ReadonlySet<string> = new Set([
  'oauth2/v2.0/authorize',
  'oauth2/deviceauth',
  'login',
  'v2.0/adminconsent',
  'oauth2/v2.0/logout',
]);

const ROUTES: Readonly<Record<string, Route>> = {
  'GET v2.0/.well-known/openid-configuration': (context, tenant) => json(openIdConfiguration(context, tenant)),
  'GET discovery/v2.0/keys': (context, tenant) => json(signingKeys(context, tenant)),
  'GET oauth2/v2.0/authorize': authorize,
  'POST oauth2/v2.0/authorize': authorize,
  'GET v2.0/adminconsent': adminConsent,
  'GET discovery/instance': (context, _tenant, request) => json(discoverInstance(context, request.url.searchParams)),
  'POST oauth2/v2.0/devicecode': (context, tenant, request) =>
    json(authorizeDevice(context, tenant, parametersOf(request)), 'no-store, no-cache'),
  'GET oauth2/deviceauth': (context, _tenant, request) => deviceSignIn(context, request, null),
  'POST oauth2/deviceauth': (context, _tenant, request) =>
    deviceSignIn(context, request, parametersOf(request).get('user_code') ?? ''),
  'POST login': (context, _tenant, request) => continueSignIn(context, request),
  'POST oauth2/v2.0/token': token,
  'GET oauth2/v2.0/logout': logout,
  'POST oauth2/v2.0/logout': logout,
};

function json(body: object, cacheControl = 'max-age=86400, private'): EmulatorResponse {
  return {
    status: 200,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'access-control-allow-origin': '*',
      'cache-control': cacheControl,
    },
    body: JSON.stringify(body),
  };
}

function clientRequestId(request: EmulatorRequest): string | null {
  return request.url.searchParams.get('client-request-id') ?? request.headers['client-request-id'] ?? null;
}

function parametersOf(request: EmulatorRequest): URLSearchParams {
  return request.method === 'POST' ? new URLSearchParams(Buffer.from(request.body).toString('utf8')) : request.url.searchParams;
}

function authorize(context: EntraContext, tenant: TenantSegment, request: EmulatorRequest): EmulatorResponse {
  const parameters = parametersOf(request);
  const { reply } = readReplyAddress(context, tenant, parameters);
  const refusal = context.faults.nextAuthorize();
  if (refusal?.where === 'reply') return replyError(context, reply, refusal.error);
  if (refusal?.where === 'page') throw refusal.error;
  let checked: AuthorizeRequest;
  try {
    checked = readAuthorizeRequest(context, tenant, reply, parameters);
  } catch (error) {
    if (error instanceof OauthError) return replyError(context, reply, error);
    throw error;
  }
  return startSignIn(context, request, checked);
}

/** @see entra-docs identity-platform/v2-admin-consent */
function adminConsent(context: EntraContext, tenant: TenantSegment, request: EmulatorRequest): EmulatorResponse {
  const parameters = request.url.searchParams;
  if (tenant.text === 'common') {
    throw new OauthError(
      90023,
      "The admin consent endpoint can't be used with 'common'. Use a tenant id, a domain or 'organizations'.",
    );
  }
  const { app, reply } = readReplyAddress(context, tenant, parameters);
  const scope = requireParameter(parameters.get('scope'), 'scope');
  parseScopes(scope, context.origins.tls);
  return startSignIn(context, request, {
    ...reply,
    kind: 'adminconsent',
    tenant: tenant.text,
    clientId: app.clientId,
    scope,
    nonce: null,
    prompt: 'select_account',
    loginHint: null,
    challenge: null,
    challengeMethod: 'plain',
    clientInfo: false,
  });
}

async function token(
  context: EntraContext,
  tenant: TenantSegment,
  request: EmulatorRequest,
  options: EntraHandlerOptions,
): Promise<EmulatorResponse> {
  const fault = await context.faults.next(options.stopped);
  if (fault !== null) return fault;
  const answer = redeemGrant(context, tenant, request);
  return {
    status: 200,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store, no-cache',
      pragma: 'no-cache',
      ...(clientRequestId(request) === null ? {} : { 'client-request-id': clientRequestId(request) ?? '' }),
    },
    body: JSON.stringify(answer),
  };
}

function logout(context: EntraContext, _tenant: TenantSegment, request: EmulatorRequest): EmulatorResponse {
  const target = parametersOf(request).get('post_logout_redirect_uri');
  const cookie = sessionCookie(context, { id: '', users: [] });
  // Redirects only to a registered address; others would be an open redirect.
  const registered =
    target !== null &&
    context.apps.some((app) => app.redirectUris.some((uri) => URL.parse(uri)?.origin === URL.parse(target)?.origin));
  if (registered) return { status: 302, headers: { ...cookie, location: target }, body: null };
  const done = messagePage('You signed out of your account', 'It is a good idea to close all browser windows.');
  return { ...done, headers: { ...done.headers, ...cookie } };
}

/** @see OpenID Connect Core section 5.3 */
function userInfo(context: EntraContext, verify: VerifyAccessToken, request: EmulatorRequest): EmulatorResponse {
  const token = /^Bearer\s+(\S+)$/i.exec(request.headers['authorization'] ?? '')?.[1];
  const checked = token === undefined ? null : verify(token);
  if (checked?.ok !== true) {
    const headers = { 'www-authenticate': 'Bearer error="invalid_token"', 'content-type': 'application/json' };
    return {
      status: 401,
      headers,
      body: JSON.stringify({ error: { code: 'InvalidAuthenticationToken', message: 'Access token is empty or invalid.' } }),
    };
  }
  const user = context.directory.userById(checked.claims.oid);
  const claims = checked.claims as typeof checked.claims & { readonly sub?: string };
  return json({ sub: claims.sub ?? claims.oid, name: user?.displayName, email: user?.userPrincipalName }, 'no-store');
}

function explainError(request: EmulatorRequest): EmulatorResponse {
  const code = request.url.searchParams.get('code') ?? '';
  return messagePage(`AADSTS${code}`, 'The list of error codes is in the Microsoft identity platform documentation.');
}
