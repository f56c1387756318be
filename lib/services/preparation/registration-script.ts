import {
  APPLICATION_PERMISSION_IDS,
  DELEGATED_PERMISSION_IDS,
  MICROSOFT_GRAPH_APP_ID,
} from '#lib/domain/access/permission-ids.ts';
import type { SignInMethod } from '#lib/domain/connection/connection.ts';

/** Permissions for the sign-in itself; they need no administrator. */
const SIGN_IN_PERMISSIONS = ['openid', 'profile', 'offline_access', 'User.Read'] as const;

export interface Registration {
  readonly appName: string;
  readonly redirectUri: string;
  /** Names of Graph permissions. */
  readonly permissions: readonly string[];
  /** Delegated permissions for a person who signs in, application permissions for the application itself. */
  readonly signIn: SignInMethod;
}

/** `requiredResourceAccess` of the application manifest; `unknown`: permissions whose ids have to be looked up by name. */
export function requiredResourceAccess(
  permissions: readonly string[],
  signIn: SignInMethod,
): {
  readonly json: string;
  readonly unknown: readonly string[];
} {
  const appOnly = signIn === 'app-only';
  const ids = appOnly ? APPLICATION_PERMISSION_IDS : DELEGATED_PERMISSION_IDS;
  const wanted = [...new Set([...(appOnly ? [] : SIGN_IN_PERMISSIONS), ...permissions])];
  const resourceAccess = wanted.flatMap((name) => {
    const id = ids[name];
    return id === undefined ? [] : [{ id, type: appOnly ? 'Role' : 'Scope' }];
  });
  return {
    json: JSON.stringify([{ resourceAppId: MICROSOFT_GRAPH_APP_ID, resourceAccess }], null, 2),
    unknown: wanted.filter((name) => ids[name] === undefined),
  };
}

/** The app registration as an Azure CLI script for bash; its last output line is the secret. */
export function azScript(registration: Registration): string {
  const { json, unknown } = requiredResourceAccess(registration.permissions, registration.signIn);
  const [list, type] = registration.signIn === 'app-only' ? ['appRoles', 'Role'] : ['oauth2PermissionScopes', 'Scope'];
  return [
    'set -euo pipefail',
    "cat > entrada-permissions.json <<'JSON'",
    json,
    'JSON',
    `CLIENT_ID=$(az ad app create --display-name ${quote(registration.appName)} --sign-in-audience AzureADMyOrg \\`,
    `  --web-redirect-uris ${quote(registration.redirectUri)} \\`,
    '  --required-resource-accesses @entrada-permissions.json --query appId --output tsv)',
    ...unknown.flatMap((name) => [
      `ID=$(az ad sp show --id ${MICROSOFT_GRAPH_APP_ID} --query "${list}[?value=='${name}'].id" --output tsv)`,
      `az ad app permission add --id "$CLIENT_ID" --api ${MICROSOFT_GRAPH_APP_ID} --api-permissions "$ID=${type}"`,
    ]),
    'az ad sp create --id "$CLIENT_ID" --output none',
    '# Needs an administrator; leave it out and send the consent link instead.',
    'az ad app permission admin-consent --id "$CLIENT_ID"',
    'echo "Client ID: $CLIENT_ID"',
    'echo "Tenant:    $(az account show --query tenantId --output tsv)"',
    'echo "Client Secret:"',
    'az ad app credential reset --id "$CLIENT_ID" --append --display-name Entrada --years 2 --query password --output tsv',
    '',
  ].join('\n');
}

/** Quotes a text as one word of a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
