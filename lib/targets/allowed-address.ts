import { lookup } from 'node:dns/promises';
import { AppError } from '#lib/platform/errors.ts';
import { isPublicAddress } from '#lib/platform/http/addresses.ts';
import { inNetworks } from '#lib/platform/http/networks.ts';
import type { TargetRules } from './target.ts';

/**
 * The IP address to connect to for a host that a person entered: a public one, or one in the operator's networks. All addresses of a name
 * must be allowed, since the resolver may return them in any order.
 * @throws AppError `target-host-unknown`, `target-host-refused`
 */
export async function allowedAddress(
  host: string,
  rules: Pick<TargetRules, 'networks'>,
  resolve: (name: string) => Promise<readonly string[]> = resolveAll,
): Promise<string> {
  const addresses = await resolve(host).catch((cause: unknown) => {
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
  const isListed = inNetworks(rules.networks);
  const [first] = addresses;
  if (first !== undefined && addresses.every((address) => isPublicAddress(address) || isListed(address))) return first;
  throw new AppError({
    code: 'target-host-refused',
    title: `The host ${host} has an address in a network that targets may not reach.`,
    remedy: 'Add its network to ENTRADA_TARGET_NETWORKS and start Entrada again.',
    fixer: 'operator',
  });
}

async function resolveAll(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address);
}
