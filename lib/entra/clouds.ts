import type { Cloud } from '#lib/domain/connection/connection.ts';
import { InvalidInputError } from '#lib/platform/errors.ts';
import { isLoopbackHost } from '#lib/platform/http/addresses.ts';

/**
 * National and sovereign clouds (Graph docs "National cloud deployments", Entra docs "National clouds"; msal-common 16.17 for the
 * sovereign ones). The two air-gapped ones have no public page: their hosts are those that Microsoft's own command line and client
 * tools name.
 */
export const MICROSOFT_CLOUDS: readonly Cloud[] = [
  { name: 'Global', graphOrigin: 'https://graph.microsoft.com', authorityOrigin: 'https://login.microsoftonline.com' },
  { name: 'US Government L4', graphOrigin: 'https://graph.microsoft.us', authorityOrigin: 'https://login.microsoftonline.us' },
  {
    name: 'US Government L5 (DoD)',
    graphOrigin: 'https://dod-graph.microsoft.us',
    authorityOrigin: 'https://login.microsoftonline.us',
  },
  {
    name: 'China (21Vianet)',
    graphOrigin: 'https://microsoftgraph.chinacloudapi.cn',
    authorityOrigin: 'https://login.partner.microsoftonline.cn',
  },
  { name: 'Bleu (France)', graphOrigin: 'https://graph.svc.sovcloud.fr', authorityOrigin: 'https://login.sovcloud-identity.fr' },
  {
    name: 'Delos (Germany)',
    graphOrigin: 'https://graph.svc.sovcloud.de',
    authorityOrigin: 'https://login.sovcloud-identity.de',
  },
  {
    name: 'GovSG (Singapore)',
    graphOrigin: 'https://graph.svc.sovcloud.sg',
    authorityOrigin: 'https://login.sovcloud-identity.sg',
  },
  {
    name: 'USNat (air-gapped)',
    graphOrigin: 'https://graph.eaglex.ic.gov',
    authorityOrigin: 'https://login.microsoftonline.eaglex.ic.gov',
  },
  {
    name: 'USSec (air-gapped)',
    graphOrigin: 'https://graph.microsoft.scloud',
    authorityOrigin: 'https://login.microsoftonline.microsoft.scloud',
  },
];

export interface ResolvedCloud {
  readonly cloud: Cloud;
  /** `https://graph.microsoft.com/v1.0`, without trailing slash. */
  readonly baseUrl: string;
  readonly version: 'v1.0' | 'beta';
}

/**
 * The cloud that a Graph base URL belongs to; its host decides the sign-in authority.
 * @throws InvalidInputError that names the field `graphBaseUrl`.
 */
export function resolveCloud(graphBaseUrl: string, extraClouds: readonly Cloud[]): ResolvedCloud {
  const url = URL.canParse(graphBaseUrl) ? new URL(graphBaseUrl) : null;
  if (url === null) throw refuse('This is not a URL.', 'Enter a URL such as https://graph.microsoft.com/v1.0.');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopbackHost(url.hostname)))
    throw refuse('The Graph Base URL must start with https://.', 'Entrada never sends tokens unencrypted. Correct the URL.');
  if (url.username !== '' || url.password !== '')
    throw refuse('The Graph Base URL cannot contain a user name.', 'Remove the user name and the @.');
  const cloud = [...extraClouds, ...MICROSOFT_CLOUDS].find((candidate) => candidate.graphOrigin === url.origin);
  if (cloud === undefined) {
    throw refuse(
      `The host ${url.host} is not one of the allowed Graph hosts.`,
      'Choose a cloud from the list. An operator can allow further hosts with ENTRADA_EXTRA_CLOUDS.',
    );
  }
  const version = url.pathname.replaceAll('/', '');
  if ((version !== 'v1.0' && version !== 'beta') || url.search !== '' || url.hash !== '') {
    throw refuse('The Graph Base URL must end in /v1.0 or /beta.', `Use ${url.origin}/v1.0.`);
  }
  return { cloud, version, baseUrl: `${url.origin}/${version}` };
}

function refuse(title: string, remedy: string): InvalidInputError {
  return new InvalidInputError({ code: 'graph-base-url', title, remedy, fixer: 'you', field: 'graphBaseUrl' });
}
