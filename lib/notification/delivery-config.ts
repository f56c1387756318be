import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { MailAccess } from '#lib/domain/notification/channel.ts';
import { AppError } from '#lib/platform/errors.ts';
import { isPublicAddress } from '#lib/platform/http/addresses.ts';
import { inNetworks, type Network } from '#lib/platform/http/networks.ts';
import type { ProxyConfig } from '#lib/platform/http/proxy.ts';

/** The operator's settings for sending notifications. */
export interface DeliveryConfig {
  /** Networks that channels may reach in addition to public addresses (ENTRADA_NOTIFICATION_NETWORKS). */
  readonly networks: readonly Network[];
  /** CA certificates to trust in addition to those of Node and the system, PEM. */
  readonly caPem: string | null;
  /** Proxy for HTTPS requests. */
  readonly proxy: ProxyConfig | null;
  /** The mail server from the environment; null: use the one in the settings. */
  readonly mail: MailAccess | null;
}

/**
 * The IP address to connect to for a host that a person entered: a public one, or one in the operator's networks. All addresses of a name
 * must be allowed, and the connection uses the checked address (protection against DNS rebinding).
 * @throws AppError `notification-host-unknown`, `notification-host-refused`
 */
export async function reachableAddress(
  host: string,
  networks: readonly Network[],
  resolve: (name: string) => Promise<readonly string[]> = resolveAll,
): Promise<string> {
  const addresses =
    isIP(host) === 0 ? await resolve(host).catch((cause: unknown) => Promise.reject(hostUnknown(host, cause))) : [host];
  const isListed = inNetworks(networks);
  const [first] = addresses;
  if (first !== undefined && addresses.every((address) => isPublicAddress(address) || isListed(address))) return first;
  throw new AppError({
    code: 'notification-host-refused',
    title: `The host ${host} has an address in a network that notifications may not reach.`,
    remedy: 'Add its network to ENTRADA_NOTIFICATION_NETWORKS and start Entrada again.',
    fixer: 'operator',
  });
}

function hostUnknown(host: string, cause: unknown): AppError {
  return new AppError(
    {
      code: 'notification-host-unknown',
      title: `The host ${host} was not found.`,
      remedy: 'Check the host of the channel, and that this machine can resolve it.',
      fixer: 'you',
    },
    { cause },
  );
}

async function resolveAll(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address);
}
