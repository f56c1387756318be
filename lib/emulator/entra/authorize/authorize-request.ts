import { z } from 'zod';
import type { EmulatorResponse } from '#lib/emulator/contract.ts';
import { type EntraContext, requireApp, requireParameter, type TenantSegment } from '#lib/emulator/entra/context.ts';
import { type EmulatedApp, isRegisteredRedirect } from '#lib/emulator/entra/registration/apps.ts';
import { parseScopes } from '#lib/emulator/entra/registration/scopes.ts';
import { errorDescription, OauthError, stampError } from '#lib/emulator/entra/token/oauth-error.ts';
import { formPostPage } from './pages.ts';

/** A validated request of the authorize (or admin consent) endpoint; sent encrypted through the sign-in pages. */
export const AuthorizeRequest = z.object({
  kind: z.enum(['authorize', 'adminconsent', 'device']),
  tenant: z.string(),
  clientId: z.string(),
  redirectUri: z.string(),
  responseMode: z.enum(['query', 'fragment', 'form_post']),
  scope: z.string(),
  state: z.string().nullable(),
  nonce: z.string().nullable(),
  prompt: z.enum(['login', 'none', 'consent', 'select_account']).nullable(),
  loginHint: z.string().nullable(),
  challenge: z.string().nullable(),
  challengeMethod: z.enum(['S256', 'plain']),
  clientInfo: z.boolean(),
  correlationId: z.string().nullable(),
});
export type AuthorizeRequest = z.infer<typeof AuthorizeRequest>;

/** Destination of the answer to an authorize request, known before the rest of the request is validated. */
export type ReplyAddress = Pick<AuthorizeRequest, 'redirectUri' | 'responseMode' | 'state' | 'correlationId'>;

/**
 * Reads client and reply address. Until both are valid, nothing may be redirected: these errors are shown on Entra's own page.
 * @throws OauthError 900144, 700016, 7000112, 50194, 900971, 50011
 */
export function readReplyAddress(
  context: EntraContext,
  tenant: TenantSegment,
  parameters: URLSearchParams,
): { readonly app: EmulatedApp; readonly reply: ReplyAddress } {
  const app = requireApp(context, parameters.get('client_id'), tenant);
  const redirectUri = parameters.get('redirect_uri') ?? app.redirectUris[0];
  if (redirectUri === undefined || redirectUri === '') throw new OauthError(900971, 'No reply address provided.');
  if (!isRegisteredRedirect(app, redirectUri)) {
    throw new OauthError(
      50011,
      `The redirect URI '${redirectUri}' specified in the request does not match the redirect URIs configured for the application '${app.clientId}'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal. Navigate to https://aka.ms/redirectUriMismatchError to learn more about how to troubleshoot this error.`,
    );
  }
  const mode = parameters.get('response_mode');
  const responseMode = mode === 'fragment' || mode === 'form_post' ? mode : 'query';
  return {
    app,
    reply: { redirectUri, responseMode, state: parameters.get('state'), correlationId: parameters.get('client-request-id') },
  };
}

/**
 * Reads the rest of an authorize request; ignores parameters that are unknown to v2.0.
 * @throws OauthError for the reply address: 900144, 700054, 70007, 70011, 500011, 90023
 */
export function readAuthorizeRequest(
  context: EntraContext,
  tenant: TenantSegment,
  reply: ReplyAddress,
  parameters: URLSearchParams,
): AuthorizeRequest {
  const responseType = requireParameter(parameters.get('response_type'), 'response_type');
  if (responseType !== 'code') {
    throw new OauthError(700054, `response_type '${responseType}' is not enabled for the application.`);
  }
  const mode = parameters.get('response_mode') ?? 'query';
  if (mode !== reply.responseMode) throw new OauthError(70007, `'${mode}' is not a supported value of 'response_mode'.`);
  const scope = requireParameter(parameters.get('scope'), 'scope');
  parseScopes(scope, context.origins.tls);
  const prompt = AuthorizeRequest.shape.prompt.safeParse(parameters.get('prompt')?.toLowerCase() || null);
  if (!prompt.success) throw new OauthError(90023, `Unsupported 'prompt' value.`);
  // A missing method means plain (RFC 7636 section 4.3).
  const method = AuthorizeRequest.shape.challengeMethod.safeParse(parameters.get('code_challenge_method') ?? 'plain');
  if (!method.success) throw new OauthError(90023, `Unsupported 'code_challenge_method' value.`);
  return {
    ...reply,
    kind: 'authorize',
    tenant: tenant.text,
    clientId: requireParameter(parameters.get('client_id'), 'client_id').toLowerCase(),
    scope,
    nonce: parameters.get('nonce'),
    prompt: prompt.data,
    loginHint: parameters.get('login_hint') || null,
    challenge: parameters.get('code_challenge') || null,
    challengeMethod: method.data,
    clientInfo: parameters.get('client_info') === '1',
  };
}

/** Sends `parameters` to the reply address in the requested response mode; returns `state` unchanged. */
export function reply(address: ReplyAddress, parameters: Readonly<Record<string, string>>): EmulatorResponse {
  const all = new URLSearchParams({ ...parameters, ...(address.state === null ? {} : { state: address.state }) });
  if (address.responseMode === 'form_post') return formPostPage(address.redirectUri, all);
  const url = new URL(address.redirectUri);
  if (address.responseMode === 'fragment') url.hash = all.toString();
  else for (const [name, value] of all) url.searchParams.append(name, value);
  return {
    status: 302,
    headers: { location: url.href, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
    body: null,
  };
}

/** Sends an error to the reply address. @see RFC 6749 section 4.1.2.1 */
export function replyError(context: EntraContext, address: ReplyAddress, error: OauthError): EmulatorResponse {
  const stamp = stampError(context.clock.now(), address.correlationId);
  return reply(address, {
    error: error.error,
    ...(error.suberror === undefined ? {} : { error_subcode: error.suberror }),
    error_description: errorDescription(error, stamp),
    error_uri: `${context.origins.tls}/error?code=${error.aadsts}`,
  });
}
