import { execFileSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { isAlive } from '#lib/platform/is-alive.ts';

/** The network of this machine, in which the test itself runs. */
export type Host = 'host';

/**
 * A veth pair (veth(4)) between two namespaces, with an address at each end. One to the host changes the host's addresses, at which browsers of other tests
 * break off what they load (`ERR_NETWORK_CHANGED`).
 */
export type VethPair<Name extends string> = readonly [Name | Host, Name];

/** Separate networks on this machine. A namespace reaches those that it has a veth pair to; nothing forwards, and there is no default route. */
export interface NetworkNamespaces<Name extends string> {
  /** The command line that starts a program there begins with this. */
  inside(name: Name): readonly string[];
  /** Address of `of` at its veth pair to `towards`. */
  address(of: Name | Host, towards: Name | Host): string;
  /** `from` reaches `of`'s address at its veth pair to `towards`, by its own veth pair to `of`. */
  addRoute(from: Name, of: Name, towards: Name): void;
  /** This machine sends no packet into the network of this veth pair, through its default route neither. */
  keepHostOut(pair: VethPair<Name>): void;
  /** Addresses that the namespace has ever exchanged a packet with. */
  neighbours(name: Name): readonly string[];
  /**
   * Packets that programs of the namespace wanted to send, TCP and UDP, and that had no route (`OutNoRoutes`, RFC 4293): the kernel refuses
   * them with ENETUNREACH before they exist.
   */
  refusedPackets(name: Name): number;
  remove(): void;
}

/** Why this machine cannot have network namespaces; null: it can. */
export function whyNoNetworkNamespaces(): string | null {
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  const name = nameOf(randomBytes(3).toString('hex'), 'probe');
  try {
    ip('netns', 'add', name);
    ip('-n', name, 'link', 'add', 'probe1', 'type', 'veth', 'peer', 'name', 'probe2');
    return null;
  } catch (error) {
    const { code, stderr } = error as NodeJS.ErrnoException & { readonly stderr?: string };
    if (code === 'ENOENT') return 'network namespaces need the program ip (iproute2)';
    return `this machine makes no network namespaces (${stderr?.trim()})`;
  } finally {
    tryIp('netns', 'del', name);
  }
}

/** @throws when the networks cannot be made; then nothing is left of them. */
export function createNetworkNamespaces<Name extends string>(
  names: readonly Name[],
  pairs: readonly VethPair<Name>[],
): NetworkNamespaces<Name> {
  removeLeftovers();
  const tag = randomBytes(3).toString('hex');
  const [second, third] = [200 + randomInt(50), randomInt(250 - pairs.length)];
  const named = (name: Name): string => nameOf(tag, name);
  const ends = pairs.map((pair, index) => ({ pair, net: `10.${second}.${third + index}`, device: `e${tag}${index}` }));
  const routes: string[] = [];
  const remove = (): void => {
    for (const { device } of ends) tryIp('link', 'del', `${device}a`);
    for (const route of routes) tryIp('route', 'del', 'unreachable', route);
    for (const name of names) tryIp('netns', 'del', named(name));
  };
  const endOf = (of: Name | Host, towards: Name | Host) => {
    const found = ends.find(({ pair }) => pair.includes(of) && pair.includes(towards));
    if (found === undefined) throw new Error(`There is no veth pair between ${of} and ${towards}.`);
    return { net: found.net, address: `${found.net}.${found.pair[0] === of ? 1 : 2}` };
  };
  try {
    for (const name of names) {
      ip('netns', 'add', named(name));
      ip('-n', named(name), 'link', 'set', 'lo', 'up');
      ip('netns', 'exec', named(name), 'sysctl', '-qw', 'net.ipv4.ip_forward=0');
    }
    for (const end of ends) connect(end, (name) => (name === 'host' ? null : named(name)));
  } catch (error) {
    remove();
    throw error;
  }
  return {
    inside: (name) => inside(named(name)),
    address: (of, towards) => endOf(of, towards).address,
    addRoute: (from, of, towards) =>
      void ip('-n', named(from), 'route', 'add', endOf(of, towards).address, 'via', endOf(of, from).address),
    keepHostOut([one, other]) {
      const route = `${endOf(one, other).net}.0/24`;
      ip('route', 'add', 'unreachable', route);
      routes.push(route);
    },
    neighbours: (name) =>
      ip('-n', named(name), 'neigh', 'show')
        .split('\n')
        .flatMap((line) => line.split(' ')[0] || []),
    refusedPackets: (name) => counterOf(ip('netns', 'exec', named(name), 'cat', '/proc/net/snmp'), 'OutNoRoutes'),
    remove,
  };
}

function inside(namespace: string): readonly string[] {
  return ['ip', 'netns', 'exec', namespace];
}

/** With the process that makes it, so that the next one can remove what a killed one left behind. */
function nameOf(tag: string, name: string): string {
  return `entrada-${process.pid}-${tag}-${name}`;
}

function removeLeftovers(): void {
  for (const line of ip('netns', 'list').split('\n')) {
    const [, name = '', pid = ''] = /^(entrada-(\d+)-\S+)/.exec(line) ?? [];
    if (name !== '' && !isAlive(Number(pid))) tryIp('netns', 'del', name);
  }
}

/** `.1` at the beginning of a veth pair, `.2` at its end. */
function connect<Name extends string>(
  { pair, net, device }: { readonly pair: VethPair<Name>; readonly net: string; readonly device: string },
  namespaceOf: (name: Name | Host) => string | null,
): void {
  const [near, far] = pair.map((name) => {
    const namespace = namespaceOf(name);
    return namespace === null ? [] : ['-n', namespace];
  }) as [string[], string[]];
  ip(...near, 'link', 'add', `${device}a`, 'type', 'veth', 'peer', 'name', `${device}b`, 'netns', far[1] ?? '');
  for (const [at, end, number] of [[near, 'a', 1] as const, [far, 'b', 2] as const]) {
    ip(...at, 'addr', 'add', `${net}.${number}/24`, 'dev', `${device}${end}`);
    ip(...at, 'link', 'set', `${device}${end}`, 'up');
  }
}

/** A counter of IP in /proc/net/snmp: one line with names, one with values (proc_net_snmp(5)). */
function counterOf(snmp: string, name: string): number {
  const [names = [], values = []] = snmp
    .split('\n')
    .filter((line) => line.startsWith('Ip:'))
    .map((line) => line.split(' '));
  return Number(values[names.indexOf(name)]);
}

function ip(...args: string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8', stdio: 'pipe' });
}

function tryIp(...args: string[]): void {
  try {
    ip(...args);
  } catch {
    // It was not made.
  }
}
