import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { AppError } from '#lib/platform/errors.ts';
import { isPublicAddress } from '#lib/platform/http/addresses.ts';
import { secureContextOf } from '#lib/platform/http/trust.ts';
import { allowedAddress } from './allowed-address.ts';
import type { TargetRules } from './target.ts';

/** HTTP agents for a library that opens its own sockets. */
export interface EndpointAgents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

/** Maximum number of sockets per host. */
const SOCKETS_MAX = 32;

/**
 * Agents that connect only to addresses which targets may reach: `allowedAddress` resolves the name for each connection, and the
 * socket connects to the checked address. IP addresses in URLs are not resolved: `requireEndpoint` checks them before.
 * @param caPem certificates to trust in addition to those of Node and the system; null: none.
 */
export function endpointAgents(rules: TargetRules, caPem: string | null = null): EndpointAgents {
  const lookup: LookupFunction = (host, options, done) => {
    allowedAddress(host, rules).then(
      (address) => {
        const family = isIP(address);
        if (options.all === true) done(null, [{ address, family }]);
        else done(null, address, family);
      },
      (error: unknown) => done(error as NodeJS.ErrnoException, '', 0),
    );
  };
  const shared = { keepAlive: true, maxSockets: SOCKETS_MAX, lookup };
  return {
    httpAgent: new HttpAgent(shared),
    httpsAgent: new HttpsAgent({ ...shared, secureContext: secureContextOf(caPem) }),
  };
}

/**
 * Checks whether a target may use this endpoint. Plain HTTP is allowed only in the operator's networks.
 * @throws AppError `target-host-unknown`, `target-host-refused`
 */
export async function requireEndpoint(endpoint: URL, rules: TargetRules): Promise<void> {
  const address = await allowedAddress(endpoint.hostname.replace(/^\[|\]$/g, ''), rules);
  if (endpoint.protocol === 'https:' || !isPublicAddress(address)) return;
  throw new AppError({
    code: 'target-host-refused',
    title: `${endpoint.origin} is a public address without TLS.`,
    remedy: 'Enter the endpoint with https://. Entrada uses http without TLS only in the networks of ENTRADA_TARGET_NETWORKS.',
    fixer: 'you',
  });
}

/**
 * The identity of the machine (an instance role, a managed identity) belongs to the operator: it is only used at hosts that the operator listed,
 * since
 * otherwise anyone who may create a target could act as the machine, or have its token sent to another host.
 * @throws AppError `target-identity-refused`
 */
export function requireIdentityHost(host: string, { identityHosts = [] }: TargetRules): void {
  if (identityHosts.includes(host.toLowerCase())) return;
  throw new AppError({
    code: 'target-identity-refused',
    title: `Entrada may not send the identity of this machine to ${host}.`,
    remedy: `Add ${host} to ENTRADA_TARGET_IDENTITY_HOSTS and start Entrada again, or enter credentials for this target.`,
    fixer: 'operator',
  });
}
