import { BlockList, isIP, isIPv6 } from 'node:net';
import { type Dispatcher, Pool, ProxyAgent } from 'undici';

/** The proxy of the operator's environment. */
export interface ProxyConfig {
  /** With its credentials: never log it, show `proxyName` instead. */
  readonly url: string;
  /** Hosts that are requested directly, in the form of NO_PROXY. */
  readonly noProxy: string;
}

/** A proxy without its credentials: `proxy.contoso.example:3128`. */
export function proxyName({ url }: ProxyConfig): string {
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`;
}

/**
 * Whether a host is requested directly, by the rules that curl has for NO_PROXY (curl manual, "--noproxy" and "NO_PROXY"): names match themselves
 * and what is below them, a leading dot changes nothing, `*` is every host, addresses may be given as a block (CIDR). A port narrows an
 * entry to that port, as Go and undici read it.
 */
export function bypassesProxy(url: URL, noProxy: string): boolean {
  const host = url.hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => matches(entry, host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return isInBlock(entry, host);
  // An IPv6 address has colons of its own: a port stands behind its brackets.
  const withPort = isIPv6(entry) ? null : /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(entry);
  if (withPort !== null && withPort[2] !== port) return false;
  const name = (withPort?.[1] ?? entry)
    .replace(/^\[|\]$/g, '')
    .replace(/^\*?\./, '')
    .replace(/\.$/, '');
  if (name === '') return false;
  return host === name || (isIP(host) === 0 && host.endsWith(`.${name}`));
}

function isInBlock(entry: string, host: string): boolean {
  const [net = '', bits = ''] = entry.split('/');
  const family = isIP(net);
  if (family === 0 || family !== isIP(host) || !/^\d+$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) return false;
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  const block = new BlockList();
  block.addSubnet(net, Number(bits), kind);
  return block.check(host, kind);
}

/** The connection to the proxy itself failed. */
export class ProxyConnectionError extends Error {
  override readonly name = 'ProxyFaultError';
}

/** How long a proxy may take to open a tunnel, milliseconds. */
const TUNNEL_MS = 20_000;

interface ConnectTarget {
  readonly servername?: string | null;
}

type Connector = (options: ConnectTarget, done: (...result: [error: Error | null, socket: unknown]) => void) => void;

/** SNI holds host names, not addresses (RFC 6066 section 3); the certificate of an address is checked nevertheless. */
function withoutAddressName(target: ConnectTarget): ConnectTarget {
  return isIP(target.servername ?? '') === 0 ? target : { ...target, servername: null };
}

/** Requests through a proxy: a tunnel (CONNECT, RFC 9110 section 9.3.6), with TLS to the host inside. */
export function createProxyAgent(
  { url }: ProxyConfig,
  options: {
    readonly tls: { readonly timeout: number; readonly secureContext: unknown };
    readonly agent: { readonly headersTimeout: number; readonly bodyTimeout: number; readonly connections: number };
  },
): Dispatcher {
  return new ProxyAgent({
    uri: url,
    requestTls: options.tls as object,
    proxyTls: options.tls as object,
    proxyTunnel: true,
    clientFactory: (origin, made) => {
      const connect = (made as { connect: Connector }).connect;
      const marked: Connector = (target, done) =>
        connect(withoutAddressName(target), (error, socket) =>
          done(error === null || error === undefined ? null : new ProxyConnectionError('proxy', { cause: error }), socket),
        );
      return new Pool(origin, { connect: marked as never, headersTimeout: TUNNEL_MS });
    },
    ...options.agent,
  });
}
