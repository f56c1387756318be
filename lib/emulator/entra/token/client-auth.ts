import type { EmulatorRequest } from '#lib/emulator/contract.ts';
import { type EntraContext, requireApp, type TenantSegment } from '#lib/emulator/entra/context.ts';
import type { EmulatedApp } from '#lib/emulator/entra/registration/apps.ts';
import { ASSERTION_TYPE, checkAssertion } from './client-assertion.ts';
import { OauthError } from './oauth-error.ts';

/**
 * Authenticates the client of a token call by its secret: `client_id` and `client_secret` in the form, or HTTP Basic with both
 * form-encoded (RFC 6749 section 2.3.1); or by a signed assertion.
 * @throws OauthError 900144, 700016, 7000112, 50194, 7000218 (no secret), 7000215 (wrong), 7000222 (expired)
 */
export function authenticateClient(
  context: EntraContext,
  tenant: TenantSegment,
  request: EmulatorRequest,
  form: URLSearchParams,
): EmulatedApp {
  const basic = readBasic(request.headers['authorization']);
  const app = requireApp(context, basic?.id ?? form.get('client_id'), tenant);
  const assertion = form.get('client_assertion');
  if (assertion !== null && form.get('client_assertion_type') === ASSERTION_TYPE) {
    checkAssertion(context, tenant, app, assertion);
    return app;
  }
  const secret = basic?.secret ?? form.get('client_secret');
  if (secret === null || secret === '') {
    throw new OauthError(
      7000218,
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    );
  }
  const match = app.secrets.find((candidate) => candidate.value === secret);
  if (match === undefined) {
    throw new OauthError(
      7000215,
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${app.clientId}'.`,
    );
  }
  if (Date.parse(match.expiresAt) <= context.clock.now().getTime()) {
    throw new OauthError(
      7000222,
      `The provided client secret keys for app '${app.clientId}' are expired. Visit the Azure portal to create new keys for your app, or consider using certificate credentials for added security.`,
    );
  }
  return app;
}

/**
 * The client of a call without a credential: a registration that allows public client flows.
 * @throws OauthError 900144, 700016, 7000112, 50194, 7000218 (a confidential client)
 */
export function requirePublicApp(context: EntraContext, tenant: TenantSegment, form: URLSearchParams): EmulatedApp {
  const app = requireApp(context, form.get('client_id'), tenant);
  if (app.publicClient) return app;
  throw new OauthError(7000218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.");
}

/** Whether a token call has no credential. */
export function isPublicCall(request: EmulatorRequest, form: URLSearchParams): boolean {
  const hasSecret = (form.get('client_secret') ?? '') !== '' || form.get('client_assertion') !== null;
  return !hasSecret && request.headers['authorization'] === undefined;
}

function readBasic(header: string | undefined): { readonly id: string; readonly secret: string } | null {
  const encoded = /^Basic\s+([A-Za-z0-9+/=]+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return null;
  const [id = '', ...secret] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  try {
    const decode = (text: string) => decodeURIComponent(text.replaceAll('+', ' '));
    return { id: decode(id), secret: decode(secret.join(':')) };
  } catch {
    return null;
  }
}
