import type { EntraContext } from '#lib/emulator/entra/context.ts';
import { requireParameter } from '#lib/emulator/entra/context.ts';
import { OauthError } from '#lib/emulator/entra/token/oauth-error.ts';

/**
 * `GET /common/discovery/instance`: the sign-in hosts of this cloud, which libraries request before they trust an unknown authority.
 * @throws OauthError 900144 without the authority, 50049 for one of another cloud
 */
export function discoverInstance({ origins }: EntraContext, parameters: URLSearchParams): object {
  const endpoint = requireParameter(parameters.get('authorization_endpoint'), 'authorization_endpoint');
  const url = URL.parse(endpoint);
  const own = new URL(origins.tls);
  if (url === null || ![own.host, new URL(origins.http).host].includes(url.host))
    throw new OauthError(50049, 'Unknown or invalid instance.');
  const tenant = url.pathname.split('/')[1] ?? 'common';
  return {
    tenant_discovery_endpoint: `${origins.tls}/${tenant}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: own.host, preferred_cache: own.host, aliases: [own.host] }],
  };
}
