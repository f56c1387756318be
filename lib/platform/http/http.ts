import { lookup as systemLookup } from 'node:dns';
import { isIP } from 'node:net';
import { constants, gunzipSync } from 'node:zlib';
import { Agent, type Dispatcher } from 'undici';
import { AppError } from '#lib/platform/errors.ts';
import { accountReleasedBytes } from '#lib/platform/memory.ts';
import { isLoopbackAddress, isLoopbackHost, isPublicAddress } from './addresses.ts';
import { releaseBuffer } from './buffer-pool.ts';
import { decompress } from './decompress.ts';
import { networkError } from './network-error.ts';
import { bypassesProxy, createProxyAgent, type ProxyConfig } from './proxy.ts';
import { receive } from './receive.ts';
import { secureContextOf } from './trust.ts';

/** Allowed hosts, trust and proxy of outgoing requests. */
export interface HttpConfig {
  /** Origins of the known clouds: public addresses only. */
  readonly allowedOrigins: readonly string[];
  /** Origins that the operator added: these may have private addresses; those of this very machine may be plain http. */
  readonly operatorOrigins: readonly string[];
  /** CA certificates to trust in addition to those of Node and the system, PEM. */
  readonly extraCaPem: string | null;
  /** CA certificates that are trusted for one origin only, PEM by origin. */
  readonly originCas?: ReadonlyMap<string, string>;
  /** Proxy for https requests; without it they are sent directly. */
  readonly proxy?: ProxyConfig;
  /** Resolver, for tests. */
  readonly lookup?: typeof systemLookup;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
  /** Largest body that is read, bytes. */
  readonly bytesMax?: number;
  /** Uses a new connection and closes it afterwards: a pooled one may lead to a failing machine. */
  readonly newConnection?: boolean;
  /** Called with the first decoded bytes of a successful answer while the rest is received. */
  readonly onHead?: (bytes: Uint8Array) => void;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; of repeated headers the values joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Outgoing requests to the allowed hosts. */
export interface Http {
  /**
   * Sends one request and reads the whole answer. Answers of any status are returned; redirects are not followed.
   * @throws AppError `host-not-allowed`, or the codes of networkError.
   */
  send(request: HttpRequest): Promise<HttpResponse>;
  close(): Promise<void>;
}

const CONNECT_MS = 10_000;
const HEADERS_MS = 60_000;
const BODY_MS = 120_000;
const BYTES_MAX = 64 * 2 ** 20;
/** Bound of the first piece of a compressed answer that is decompressed for `onHead`, bytes. */
const HEAD_MAX = 8 * 2 ** 20;

/** Addresses that hosts of each kind may resolve to. */
const REACH = { public: isPublicAddress, operator: () => true, loopback: isLoopbackAddress } as const;

/** Directly, to addresses of one kind, or through the proxy. */
type Way = keyof typeof REACH | 'proxy';

/**
 * The guard against server-side request forgery: https (http only to this machine, where the operator listed it), a host of the list,
 * and the addresses that the name resolves to checked and pinned, so that the socket goes to what was checked (DNS rebinding).
 */
export function createHttp(config: HttpConfig): Http {
  const operator = new Set(config.operatorOrigins);
  const allowed = new Set([...config.allowedOrigins, ...config.operatorOrigins]);
  const agents = new Map<string, Dispatcher>();
  const agentOf = (way: Way, { origin }: URL): Dispatcher => {
    const key = config.originCas?.has(origin) === true ? `${way} ${origin}` : way;
    const agent = agents.get(key) ?? createAgent(config, way, origin);
    agents.set(key, agent);
    return agent;
  };
  const wayOf = (url: URL): Way => {
    if (url.protocol === 'http:') return 'loopback';
    const isOperators = operator.has(url.origin);
    if (config.proxy === undefined || bypassesProxy(url, config.proxy.noProxy)) return isOperators ? 'operator' : 'public';
    // A proxy resolves the name, so its addresses can't be checked here. The host itself is checked, which may be an address.
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (!isOperators && isIP(host) !== 0 && !isPublicAddress(host))
      throw networkError(Object.assign(new Error('address not allowed'), { code: 'ENTRADA_ADDRESS' }), url, undefined);
    return 'proxy';
  };
  return {
    async send(input) {
      const url = requireAllowed(input.url, allowed);
      const way = wayOf(url);
      const own = input.newConnection === true ? createAgent(config, way, url.origin) : null;
      try {
        return await exchange(url, input, own ?? agentOf(way, url));
      } catch (error) {
        if (error instanceof AppError) throw error;
        throw networkError(error, url, input.signal, way === 'proxy' ? config.proxy : undefined);
      } finally {
        await own?.close();
      }
    },
    async close() {
      await Promise.all([...agents.values()].map((agent) => agent.close()));
    },
  };
}

async function exchange(url: URL, input: HttpRequest, dispatcher: Dispatcher): Promise<HttpResponse> {
  const bytesMax = input.bytesMax ?? BYTES_MAX;
  const received = await receive(
    dispatcher,
    {
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: input.method,
      headers: { 'accept-encoding': 'gzip', ...input.headers },
      body: input.body ?? null,
    },
    {
      signal: input.signal,
      onPiece: (piece, size, answer) => {
        if (size > bytesMax) throw tooLarge(url, bytesMax);
        if (size === piece.byteLength && answer.status === 200) tellHead(input, piece, answer.headers['content-encoding']);
      },
    },
  );
  const { status, body } = received;
  const headers = flatten(received.headers);
  accountReleasedBytes(body.byteLength);
  if (headers['content-encoding'] !== 'gzip') return { status, headers, body };
  const content = await decompress(body, bytesMax);
  releaseBuffer(body);
  if (content === null) throw tooLarge(url, bytesMax);
  accountReleasedBytes(content.byteLength);
  return { status, headers, body: content };
}

/** Calls `onHead` with the part of a compressed answer that can be decompressed; ignores errors, since the whole answer is read in any case. */
function tellHead({ onHead }: HttpRequest, chunk: Uint8Array, encoding: string | string[] | undefined): void {
  if (onHead === undefined) return;
  if (encoding !== 'gzip') {
    onHead(chunk);
    return;
  }
  let head: Uint8Array;
  try {
    head = gunzipSync(chunk, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: HEAD_MAX });
  } catch {
    return;
  }
  onHead(head);
}

function tooLarge(url: URL, bytesMax: number): AppError {
  return new AppError({
    code: 'answer-too-large',
    title: `${url.host} sent an answer of more than ${bytesMax} bytes.`,
    fixer: 'operator',
  });
}

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}

/** @throws AppError `host-not-allowed` */
export function requireAllowed(text: string, allowed: ReadonlySet<string>): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname));
  if (url !== null && safe && url.username === '' && url.password === '' && allowed.has(url.origin)) return url;
  throw new AppError({
    code: 'host-not-allowed',
    title: `Entrada may not send requests to ${url?.host ?? 'this address'}.`,
    remedy: 'Use the address of a Microsoft cloud. An operator can allow further hosts with ENTRADA_EXTRA_CLOUDS.',
    fixer: 'operator',
  });
}

const TIMES = { headersTimeout: HEADERS_MS, bodyTimeout: BODY_MS, connections: 32 } as const;

function createAgent(config: HttpConfig, way: Way, origin: string): Dispatcher {
  const own = config.originCas?.get(origin);
  const extra =
    own === undefined ? config.extraCaPem : [own, ...(config.extraCaPem === null ? [] : [config.extraCaPem])].join('\n');
  const tls = { timeout: CONNECT_MS, secureContext: secureContextOf(extra) };
  if (way !== 'proxy') return new Agent({ connect: { ...tls, lookup: checkedLookup(config, REACH[way]) }, ...TIMES });
  if (config.proxy === undefined) throw new TypeError('a proxy is used that is not set');
  return createProxyAgent(config.proxy, { tls, agent: TIMES });
}

/** Resolves names and refuses a name with an address that `mayReach` refuses. */
function checkedLookup(config: HttpConfig, mayReach: (address: string) => boolean): typeof systemLookup {
  const resolve = config.lookup ?? systemLookup;
  return ((
    hostname: string,
    options: { all?: boolean },
    done: (error: Error | null, address?: unknown, family?: number) => void,
  ) => {
    resolve(hostname, { all: true }, (error, addresses) => {
      if (error !== null) return done(error);
      const [first] = addresses;
      // One refused address refuses the name: the socket may choose any of them.
      if (first === undefined || addresses.some(({ address }) => !mayReach(address))) {
        return done(Object.assign(new Error('address not allowed'), { code: 'ENTRADA_ADDRESS' }));
      }
      return options.all ? done(null, addresses) : done(null, first.address, first.family);
    });
  }) as unknown as typeof systemLookup;
}
