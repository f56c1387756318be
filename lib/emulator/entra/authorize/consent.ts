import type { SignInUser } from '#lib/emulator/contract.ts';
import { consentedPermissions, type EntraContext } from '#lib/emulator/entra/context.ts';
import type { EmulatedApp } from '#lib/emulator/entra/registration/apps.ts';
import { describeScope, toOidcScope } from '#lib/emulator/entra/registration/permissions.ts';
import { parseScopes } from '#lib/emulator/entra/registration/scopes.ts';
import type { AuthorizeRequest } from './authorize-request.ts';

/** Consent that `user` has to give. */
export interface ConsentQuestion {
  /** Permissions and OpenID scopes to show; empty = no consent needed. */
  readonly names: readonly string[];
  /** Whether some of them need an administrator. */
  readonly adminOnly: boolean;
}

/**
 * Determines the consent that `request` needs. `.default` asks only when there is no consent yet, or on `prompt=consent`.
 * @see entra-docs identity-platform/scopes-oidc, permissions-consent-overview
 */
export function consentQuestion(
  context: EntraContext,
  app: EmulatedApp,
  request: AuthorizeRequest,
  user: SignInUser,
): ConsentQuestion {
  const scopes = parseScopes(request.scope, context.origins.tls);
  const consented = consentedPermissions(context, app, user.id);
  const permissions = consented.filter((name) => toOidcScope(name) === null);
  const named = scopes.named.map(({ name }) => name);
  const asked = scopes.default !== null ? app.configured : named;
  const explicit = request.kind === 'adminconsent' || request.prompt === 'consent';
  const missing = scopes.default !== null && permissions.length > 0 ? [] : asked.filter((name) => !consented.includes(name));
  const first = consented.length === 0;
  const names = explicit || missing.length > 0 || first ? [...(explicit ? asked : missing), ...scopes.oidc] : [];
  // Permissions with admin consent need no administrator when asked for again.
  const adminOnly = request.kind === 'adminconsent' || missing.some((name) => describeScope(name).adminConsent);
  return { names: [...new Set(names)], adminOnly };
}
