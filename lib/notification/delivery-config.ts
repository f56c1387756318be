import type { MailAccess } from '#lib/domain/notification/channel.ts';
import { AppError } from '#lib/platform/errors.ts';
import { findAllowedAddress, type Resolve } from '#lib/platform/http/find-allowed-address.ts';
import type { Network } from '#lib/platform/http/networks.ts';
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
 * The IP address to connect to for the host of a channel: see findAllowedAddress.
 * @throws AppError `notification-host-unknown`, `notification-host-refused`
 */
export async function reachableAddress(host: string, networks: readonly Network[], resolve?: Resolve): Promise<string> {
  const address = await findAllowedAddress(host, networks, resolve).catch((cause: unknown) => {
    throw hostUnknown(host, cause);
  });
  if (address !== null) return address;
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
