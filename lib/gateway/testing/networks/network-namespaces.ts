import { execFileSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';

/**
 * Networks that hang together in a chain only: server - middle - far, and inner - middle. Nothing forwards. The server's end is this very
 * machine, with routes that make the far and the inner network unreachable from it, so that not one packet leaves for them.
 */
export interface NetworkNamespaces {
  /** The server's address, for the middle. */
  readonly server: string;
  /** The middle's address in each network. */
  readonly middle: { readonly towardsInner: string };
  readonly far: string;
  readonly inner: string;
  /** What starts a program in a namespace. */
  readonly inMiddle: readonly string[];
  readonly inFar: readonly string[];
  readonly inInner: readonly string[];
  /** Addresses that the far network has ever exchanged a packet with. */
  neighboursOfFar(): readonly string[];
  remove(): void;
}

/** Null where namespaces can't be made: no root, no `ip`, or a container that forbids it. */
export function createNetworkNamespaces(): NetworkNamespaces | null {
  const tag = randomBytes(3).toString('hex');
  const [middle, far, inner] = ['m', 'f', 'i'].map((letter) => `entrada-${tag}${letter}`) as [string, string, string];
  const net = (third: number): string => `10.${200 + randomInt(50)}.${randomInt(250)}.${third}`;
  const [toServer, toFar, toInner] = [net(0), net(0), net(0)].map((base) => base.slice(0, -2)) as [string, string, string];
  const remove = (): void => {
    for (const name of [middle, far, inner]) tryIp('netns', 'del', name);
    for (const net of [toFar, toInner]) tryIp('route', 'del', 'unreachable', `${net}.0/24`);
  };
  try {
    for (const name of [middle, far, inner]) ip('netns', 'add', name);
    connect({ from: null, to: middle, net: toServer, tag: `${tag}a` });
    connect({ from: middle, to: far, net: toFar, tag: `${tag}b` });
    connect({ from: middle, to: inner, net: toInner, tag: `${tag}c` });
    for (const name of [middle, far, inner]) {
      ip('-n', name, 'link', 'set', 'lo', 'up');
      execFileSync('ip', ['netns', 'exec', name, 'sysctl', '-qw', 'net.ipv4.ip_forward=0'], { stdio: 'pipe' });
    }
    for (const net of [toFar, toInner]) ip('route', 'add', 'unreachable', `${net}.0/24`);
  } catch {
    remove();
    return null;
  }
  const within = (name: string): readonly string[] => ['ip', 'netns', 'exec', name];
  return {
    server: `${toServer}.1`,
    middle: { towardsInner: `${toInner}.1` },
    ...{ far: `${toFar}.2`, inner: `${toInner}.2` },
    ...{ inMiddle: within(middle), inFar: within(far), inInner: within(inner) },
    neighboursOfFar: () =>
      ip('-n', far, 'neigh', 'show')
        .split('\n')
        .flatMap((line) => line.split(' ')[0] || []),
    remove,
  };
}

/** A cable between two namespaces (null: this machine), `.1` at its beginning and `.2` at its end. */
function connect({ from, to, net, tag }: { from: string | null; to: string; net: string; tag: string }): void {
  const [near, distant] = [`e${tag}1`, `e${tag}2`];
  ip('link', 'add', near, 'type', 'veth', 'peer', 'name', distant);
  ip('link', 'set', distant, 'netns', to);
  if (from !== null) ip('link', 'set', near, 'netns', from);
  for (const [name, device, address] of [[from, near, 1] as const, [to, distant, 2] as const]) {
    const at = name === null ? [] : ['-n', name];
    ip(...at, 'addr', 'add', `${net}.${address}/24`, 'dev', device);
    ip(...at, 'link', 'set', device, 'up');
  }
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
