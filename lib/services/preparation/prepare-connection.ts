import { z } from 'zod';
import { CATALOG } from '#lib/catalog/catalog.ts';
import { advisePermissions } from '#lib/catalog/permissions/permissions.ts';
import {
  type Cloud,
  DEFAULT_GRAPH_BASE_URL,
  DEFAULT_TENANT,
  GUID,
  type PreparationDto,
  SignInMethod,
} from '#lib/domain/connection/connection.ts';
import type { Call } from '#lib/services/context.ts';
import { requireRole } from '#lib/services/require-role.ts';
import { redirectUriOf } from '../verification/redirect-uri.ts';
import { administratorText } from './administrator-text.ts';
import { azScript, requiredResourceAccess } from './registration-script.ts';

export const PrepareConnectionInput = z.object({
  clientId: z.string().trim().max(64).optional(),
  tenant: z.string().trim().max(255).optional(),
  graphBaseUrl: z.string().trim().max(400).optional(),
  datasetNames: z.array(z.string().max(63)).max(500).optional(),
  signIn: SignInMethod.default('delegated'),
});
export type PrepareConnectionInput = z.input<typeof PrepareConnectionInput>;

const APP_NAME = 'Entrada';

/**
 * Instructions for the tenant administrator: the app registration for these datasets or for all. Accepts the present form input,
 * which may be incomplete or invalid.
 */
export async function prepareConnection({ ctx, input }: Call<PrepareConnectionInput>): Promise<PreparationDto> {
  requireRole(ctx, 'viewer');
  const { clientId, tenant, graphBaseUrl, datasetNames, signIn } = PrepareConnectionInput.parse(input);
  const redirectUri = redirectUriOf(ctx.config);
  const permissions = advisePermissions(datasetNames ?? null, signIn);
  const names = permissions.map((permission) => permission.name);
  const cloud = findCloud(ctx.config.clouds, graphBaseUrl);
  const consentUrl = cloud === undefined ? null : adminConsentUrl({ cloud, clientId, tenant, redirectUri });
  return {
    signIn,
    appName: APP_NAME,
    redirectUri,
    permissions,
    adminConsentUrl: consentUrl,
    azScript: azScript({ appName: APP_NAME, redirectUri, permissions: names, signIn }),
    requiredResourceAccess: requiredResourceAccess(names, signIn).json,
    catalogue: CATALOG.map(({ name, title, area }) => ({ name, title, area })),
    administratorText: administratorText({
      permissions,
      signIn,
      clientId: clientId ?? null,
      consentUrl,
      baseUrl: ctx.config.baseUrl,
    }),
  };
}

function findCloud(clouds: readonly Cloud[], graphBaseUrl: string | undefined): Cloud | undefined {
  const origin = URL.parse(graphBaseUrl === undefined || graphBaseUrl === '' ? DEFAULT_GRAPH_BASE_URL : graphBaseUrl)?.origin;
  return clouds.find((cloud) => cloud.graphOrigin === origin);
}

/**
 * The v2.0 admin consent endpoint with `.default`: all permissions of the app registration
 * (Microsoft identity platform doc *Admin consent on the Microsoft identity platform*).
 */
function adminConsentUrl(link: {
  readonly cloud: Cloud;
  readonly clientId: string | undefined;
  readonly tenant: string | undefined;
  readonly redirectUri: string;
}): string | null {
  if (link.clientId === undefined || !GUID.test(link.clientId)) return null;
  const tenant = link.tenant === undefined || link.tenant === '' ? DEFAULT_TENANT : link.tenant;
  const url = new URL(`${link.cloud.authorityOrigin}/${encodeURIComponent(tenant)}/v2.0/adminconsent`);
  url.searchParams.set('client_id', link.clientId);
  url.searchParams.set('scope', `${link.cloud.graphOrigin}/.default`);
  url.searchParams.set('redirect_uri', link.redirectUri);
  return url.toString();
}
