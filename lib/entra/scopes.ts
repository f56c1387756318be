/** Scopes that MSAL adds, and that are not permissions. */
const OPENID = new Set(['openid', 'profile', 'offline_access', 'email']);

/** The scopes to request from MSAL, always spelt alike: MSAL's token cache misses other spellings and refreshes every time. */
export function requestScopes(scopes: readonly string[], graphOrigin: string): string[] {
  const named = scopes
    .filter((scope) => !OPENID.has(scope))
    .map((scope) => (scope.includes('://') ? scope : `${graphOrigin}/${scope}`));
  return named.length === 0 ? [defaultScope(graphOrigin)] : named;
}

/** Everything that was consented for Graph. */
export function defaultScope(graphOrigin: string): string {
  return `${graphOrigin}/.default`;
}

/** Delegated permissions of a token's scopes: without resource prefix, OpenID scopes and `.default`. */
export function permissionsOf(scopes: readonly string[]): string[] {
  const names = scopes.map((scope) => scope.slice(scope.lastIndexOf('/') + 1));
  return [...new Set(names)].filter((name) => name !== '' && name !== '.default' && !OPENID.has(name)).sort();
}
