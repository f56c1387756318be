import type { EmulatorRequest, EmulatorResponse } from '#lib/emulator/contract.ts';
import { type EntraContext, requireParameter, type TenantSegment } from '#lib/emulator/entra/context.ts';
import { parseScopes } from '#lib/emulator/entra/registration/scopes.ts';
import { requirePublicApp } from '#lib/emulator/entra/token/client-auth.ts';
import { html, page } from './html.ts';
import { startSignIn } from './sign-in.ts';

/** Path of the page for a device's code. */
const PATH = '/common/oauth2/deviceauth';

/** `POST /{tenant}/oauth2/v2.0/devicecode` (RFC 8628 section 3.1). @throws OauthError */
export function authorizeDevice(context: EntraContext, tenant: TenantSegment, form: URLSearchParams): object {
  const app = requirePublicApp(context, tenant, form);
  const scope = requireParameter(form.get('scope'), 'scope');
  parseScopes(scope, context.origins.tls);
  return context.devices.begin({ clientId: app.clientId, tenant: tenant.text, scope }, context.origins.pages + PATH);
}

/** The page for the code, followed by the usual sign-in pages. */
export function deviceSignIn(context: EntraContext, http: EmulatorRequest, typed: string | null): EmulatorResponse {
  if (typed === null) return codePage(null);
  const device = context.devices.find(typed);
  if (device === null) return codePage('That code didn’t work. Check the code and try again.');
  return startSignIn(context, http, {
    kind: 'device',
    tenant: device.tenant,
    clientId: device.clientId,
    scope: device.scope,
    state: device.userCode,
    prompt: 'select_account',
    redirectUri: '',
    responseMode: 'query',
    nonce: null,
    loginHint: null,
    challenge: null,
    challengeMethod: 'plain',
    clientInfo: false,
    correlationId: null,
  });
}

function codePage(error: string | null): EmulatorResponse {
  const message = error === null ? null : html`<p class="error" id="field-error" role="alert">${error}</p>`;
  const invalid = error === null ? null : html` aria-invalid="true" aria-describedby="field-error"`;
  return page(
    { title: 'Enter code' },
    html`<h1>Enter code</h1><p class="soft">Enter the code displayed on your app or device.</p>
<form method="post" action="${PATH}"><label for="user_code">Code</label>
<input id="user_code" name="user_code" type="text" autocomplete="off" autocapitalize="characters" spellcheck="false" autofocus required${invalid}>
${message}<div class="row reversed"><button class="primary">Next</button></div></form>`,
  );
}
