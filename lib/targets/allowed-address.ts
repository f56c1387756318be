import { AppError } from '#lib/platform/errors.ts';
import { findAllowedAddress, type Resolve } from '#lib/platform/http/find-allowed-address.ts';
import type { TargetRules } from './target.ts';

/**
 * The IP address to connect to for the host of a target: see findAllowedAddress.
 * @throws AppError `target-host-unknown`, `target-host-refused`
 */
export async function allowedAddress(host: string, rules: Pick<TargetRules, 'networks'>, resolve?: Resolve): Promise<string> {
  const address = await findAllowedAddress(host, rules.networks, resolve).catch((cause: unknown) => {
    throw new AppError(
      {
        code: 'target-host-unknown',
        title: `The host ${host} was not found.`,
        remedy: 'Check the host of the target, and that DNS on this machine can resolve it.',
        fixer: 'you',
      },
      { cause, retry: 'backoff' },
    );
  });
  if (address !== null) return address;
  throw new AppError({
    code: 'target-host-refused',
    title: `The host ${host} has an address in a network that targets may not reach.`,
    remedy: 'Add its network to ENTRADA_TARGET_NETWORKS and start Entrada again.',
    fixer: 'operator',
  });
}
