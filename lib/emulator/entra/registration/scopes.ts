import { OauthError } from '#lib/emulator/entra/token/oauth-error.ts';
import { findPermission, type OidcScope, toOidcScope } from './permissions.ts';

/** A parsed `scope` parameter. */
export interface RequestedScopes {
  readonly oidc: readonly OidcScope[];
  /** Graph permissions: canonical name and the client's spelling. */
  readonly named: readonly { readonly name: string; readonly spelling: string }[];
  /** The client's spelling of `<resource>/.default`; null when not requested. */
  readonly default: string | null;
  /** The resource before a permission in the client's spelling: empty, or with a trailing slash. */
  readonly prefix: string;
}

/** Application id of Microsoft Graph, the same in every tenant; also accepted as the name of the resource. */
const GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000';

/**
 * Parses a `scope` parameter. A scope without a resource belongs to Graph. `.default` requests everything with consent and cannot be
 * combined with named permissions.
 * @param graphOrigin the resource of this cloud's Graph; hosts of other clouds are unknown resources.
 * @throws OauthError 70011 (unknown scope, two resources, combination with `.default`), 500011 (another resource)
 * @see entra-docs identity-platform/scopes-oidc
 */
export function parseScopes(text: string, graphOrigin: string): RequestedScopes {
  const oidc: OidcScope[] = [];
  const permissions: { name: string; spelling: string }[] = [];
  const resources = new Set<string>();
  let prefix: string | null = null;
  let everything: string | null = null;
  for (const spelling of text.split(/\s+/).filter((part) => part !== '')) {
    const known = toOidcScope(spelling);
    if (known !== null) {
      if (!oidc.includes(known)) oidc.push(known);
      continue;
    }
    const slash = spelling.lastIndexOf('/');
    const before = spelling.slice(0, slash + 1);
    resources.add(toResource(before, graphOrigin));
    if (before !== '') prefix ??= before;
    const name = spelling.slice(slash + 1);
    if (name.toLowerCase() === '.default') everything = spelling;
    else permissions.push({ name, spelling });
  }
  if (resources.size > 1) throw invalidScope(text, 'it contains more than one resource');
  const [resource] = resources;
  if (resource !== undefined && resource !== GRAPH_APP_ID) throw unknownResource(resource);
  if (everything !== null && permissions.length > 0) {
    throw invalidScope(text, '.default scope can not be combined with resource-specific scopes');
  }
  // Validated after the resource: a permission of another resource is not an unknown permission of Graph.
  const named = permissions.map(({ name, spelling }) => ({ name: requirePermission(name, spelling), spelling }));
  return { oidc, named, default: everything, prefix: prefix ?? '' };
}

function toResource(before: string, graphOrigin: string): string {
  const resource = before.replace(/\/+$/, '').toLowerCase();
  return resource === '' || resource === graphOrigin || resource === GRAPH_APP_ID ? GRAPH_APP_ID : resource;
}

function requirePermission(name: string, spelling: string): string {
  const permission = findPermission(name);
  if (permission?.delegated === true) return permission.name;
  throw invalidScope(spelling, `The scope ${spelling} is not valid`);
}

function invalidScope(scope: string, why: string): OauthError {
  return new OauthError(
    70011,
    `The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid: '${scope}'. ${why}.`,
  );
}

function unknownResource(resource: string): OauthError {
  return new OauthError(
    500011,
    `The resource principal named ${resource} was not found in the tenant. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`,
  );
}
