import { Agent, type Dispatcher, request } from 'undici';
import { AppError, InvalidInputError, RemoteError } from '#lib/platform/errors.ts';
import { isLoopbackHost } from '#lib/platform/http/addresses.ts';
import { networkError } from '#lib/platform/http/network-error.ts';
import { bypassesProxy, createProxyAgent, type ProxyConfig } from '#lib/platform/http/proxy.ts';
import { secureContextOf } from '#lib/platform/http/trust.ts';
import { LINK_TIMES } from './link-times.ts';

/** How a gateway reaches its server. */
export interface ServerAddress {
  /** Origin, without a path: `https://entrada.contoso.example`. */
  readonly server: string;
  /** CA certificates to trust in addition to those of Node and the system, PEM. */
  readonly caPem: string | null;
  readonly proxy: ProxyConfig | null;
  /** How long an answer may take, milliseconds; `LINK_TIMES` unless given. */
  readonly answerMs?: number;
}

export interface ServerRequest {
  readonly method: 'GET' | 'POST';
  /** Includes the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export interface ServerAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Opens all connections to the server. Errors are AppErrors of the network. */
export interface ServerConnection {
  send(request: ServerRequest): Promise<ServerAnswer>;
  /** A streamed answer; an answer with another status than 200 is read completely. `pieces` fail after `silenceMs` without data. */
  open(
    request: ServerRequest,
    silenceMs: number,
  ): Promise<{ readonly answer: ServerAnswer } | { readonly pieces: AsyncIterable<Buffer> }>;
  close(): Promise<void>;
}

const CONNECT_MS = 10_000;
/** Maximum size of an answer, bytes: a command with the definitions of a tenant's datasets. */
const ANSWER_MAX = 64 * 2 ** 20;

/**
 * The origin of a server address. Plain HTTP is allowed only to this machine, since proofs and rows are sent to it.
 * @throws InvalidInputError
 */
export function parseServer(text: string): string {
  const url = URL.parse(text.includes('://') ? text : `https://${text}`);
  const plain = url?.protocol === 'http:' && isLoopbackHost(url.hostname);
  const bare = url !== null && url.username === '' && url.password === '' && url.search === '' && /^\/*$/.test(url.pathname);
  if (bare && (url.protocol === 'https:' || plain)) return url.origin;
  throw new InvalidInputError({
    code: 'gateway-server-address',
    title: 'The address of the server must be https://HOST or https://HOST:PORT (http:// only for a host of this machine).',
    remedy: 'Copy the command from the page of the data gateway.',
    fixer: 'operator',
  });
}

export function createServerConnection({ server, caPem, proxy, ...given }: ServerAddress): ServerConnection {
  const { answerMs } = { ...LINK_TIMES, ...given };
  const url = new URL(server);
  const isProxied = proxy !== null && url.protocol === 'https:' && !bypassesProxy(url, proxy.noProxy);
  const tls = { timeout: CONNECT_MS, secureContext: secureContextOf(caPem) };
  const times = { headersTimeout: answerMs, bodyTimeout: answerMs, connections: 8 };
  const dispatcher: Dispatcher = isProxied
    ? createProxyAgent(proxy, { tls, agent: times })
    : new Agent({ connect: tls, ...times });
  const ask = async ({ method, path, headers, body, signal }: ServerRequest, bodyTimeout: number) => {
    const options = { dispatcher, method, headers, body: body ?? null, signal, bodyTimeout };
    return request(new URL(path, server), options);
  };
  const explain = (error: unknown, signal: AbortSignal): AppError =>
    error instanceof AppError ? error : inWordsOfGateway(networkError(error, url, signal, isProxied ? proxy : undefined));
  return {
    async send(input) {
      try {
        return await readAnswer(await ask(input, answerMs));
      } catch (error) {
        throw explain(error, input.signal);
      }
    },
    async open(input, silenceMs) {
      try {
        const answer = await ask(input, silenceMs);
        if (answer.statusCode !== 200) return { answer: await readAnswer(answer) };
        return { pieces: explained(answer.body, (error) => explain(error, input.signal)) };
      } catch (error) {
        throw explain(error, input.signal);
      }
    },
    close: () => dispatcher.destroy(),
  };
}

async function readAnswer({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<ServerAnswer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    size += piece.byteLength;
    if (size > ANSWER_MAX) throw new Error('the answer is too large');
    pieces.push(piece);
  }
  const flat = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
  return { status: statusCode, headers: Object.fromEntries(flat), text: Buffer.concat(pieces).toString('utf8') };
}

async function* explained(body: AsyncIterable<Buffer>, explain: (error: unknown) => AppError): AsyncGenerator<Buffer> {
  try {
    yield* body;
  } catch (error) {
    throw explain(error);
  }
}

const REMEDIES: Readonly<Record<string, string>> = {
  'connection-refused':
    'Check the address of the server, that Entrada runs there, and that a firewall lets this machine reach it.',
  'host-unknown': 'Check the spelling of the server name, and the DNS of this machine.',
  'timed-out': 'Check the network between this machine and the server.',
  'connection-lost': 'Check the network between this machine and the server.',
  'certificate-untrusted':
    'Set ENTRADA_EXTRA_CA_FILE to the certificate (PEM) of the authority that signed the certificate of the server.',
};

/** The same problem with the remedy for a gateway: networkError's text is about Graph. A gateway retries network errors in any case. */
function inWordsOfGateway({ problem, code, cause }: AppError): AppError {
  const remedy = REMEDIES[code];
  // A problem of the proxy keeps its own remedy.
  const own = remedy === undefined || problem.title.startsWith('The certificate of the proxy');
  return new RemoteError(own ? problem : { ...problem, remedy, fixer: 'operator' }, { cause, retry: 'backoff' });
}
