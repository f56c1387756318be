import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isPublicAddress } from './addresses.ts';
import { inNetworks, type Network } from './networks.ts';

export type Resolve = (name: string) => Promise<readonly string[]>;

/**
 * The IP address to connect to for a host that a person entered: a public one, or one in the operator's networks. All addresses of a name must be
 * allowed, since the resolver may return them in any order; else null. The connection has to use this address, which was checked (protection
 * against DNS rebinding). Throws what the resolver throws.
 */
export async function findAllowedAddress(host: string, networks: readonly Network[], resolve?: Resolve): Promise<string | null> {
  const addresses = isIP(host) === 0 ? await (resolve ?? resolveAll)(host) : [host];
  const isListed = inNetworks(networks);
  const [first] = addresses;
  if (first === undefined || !addresses.every((address) => isPublicAddress(address) || isListed(address))) return null;
  return first;
}

async function resolveAll(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address);
}
