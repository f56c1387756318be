import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { MailAccess } from '#lib/domain/notification/channel.ts';
import { AppError } from '#lib/platform/errors.ts';
import { isPublicAddress } from '#lib/platform/http/addresses.ts';
import { inNetworks, type Network } from '#lib/platform/http/networks.ts';
import type { ProxyConfig } from '#lib/platform/http/proxy.ts';

/** What the operator set for sending notifications. */
export interface DeliveryConfig {
  /** Networks that channels may reach beside public addresses (ENTRADA_NOTIFICATION_NETWORKS). */
  readonly networks: readonly Network[];
  /** CA certificates to trust beside those of Node and of the system, PEM. */
  readonly caPem: string | null;
  /** Proxy for https requests. */
  readonly proxy: ProxyConfig | null;
  /** The mail server of the environment; null: the one of the settings. */
  readonly mail: MailAccess | null;
}

/**
 * The address to connect to for a host that a person entered: a public one, or one of the operator's networks. All addresses of a name
 * have to be allowed, and the connection goes to the one that was checked (DNS rebinding).
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
