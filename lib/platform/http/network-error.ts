import type { ProblemCode } from '#lib/domain/problem-code.ts';
import { AppError, RemoteError } from '#lib/platform/errors.ts';
import { type ProxyConfig, ProxyConnectionError, proxyName } from './proxy.ts';

interface NetworkProblem {
  readonly code: ProblemCode;
  readonly title: (host: string) => string;
  readonly remedy: string;
  readonly fixer: 'you' | 'operator';
}

const CLOSED: NetworkProblem = {
  code: 'connection-refused',
  title: (host) => `Nothing answers at ${host}.`,
  remedy: 'Check the host and port of the Graph Base URL, and that a firewall lets Entrada reach it.',
  fixer: 'you',
};
const UNKNOWN: NetworkProblem = {
  code: 'host-unknown',
  title: (host) => `${host} was not found: DNS cannot resolve the host name.`,
  remedy: 'Check the spelling of the host name, and the DNS of the machine on which Entrada runs.',
  fixer: 'you',
};
const SLOW: NetworkProblem = {
  code: 'timed-out',
  title: (host) => `${host} did not answer in time.`,
  remedy: 'Try again. If the problem persists, check the network between Entrada and this host.',
  fixer: 'operator',
};
const UNTRUSTED: NetworkProblem = {
  code: 'certificate-untrusted',
  title: (host) => `The certificate of ${host} is not trusted.`,
  remedy:
    'If a proxy of your organisation signs the certificate, the operator sets ENTRADA_EXTRA_CA_FILE to the CA certificate of the proxy.',
  fixer: 'operator',
};
const PRIVATE: NetworkProblem = {
  code: 'address-not-allowed',
  title: (host) => `${host} resolves to a private address.`,
  remedy: 'Check the Graph Base URL. The operator can allow private addresses for a host with ENTRADA_EXTRA_CLOUDS.',
  fixer: 'operator',
};
const DROPPED: NetworkProblem = {
  code: 'connection-lost',
  title: (host) => `The connection to ${host} was lost.`,
  remedy: 'Try again. If the problem persists, check the network between Entrada and this host.',
  fixer: 'operator',
};

const BY_CODE: Readonly<Record<string, NetworkProblem>> = {
  ECONNREFUSED: CLOSED,
  EHOSTUNREACH: CLOSED,
  ENETUNREACH: CLOSED,
  ENOTFOUND: UNKNOWN,
  EAI_AGAIN: UNKNOWN,
  ETIMEDOUT: SLOW,
  UND_ERR_CONNECT_TIMEOUT: SLOW,
  UND_ERR_HEADERS_TIMEOUT: SLOW,
  UND_ERR_BODY_TIMEOUT: SLOW,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  CERT_HAS_EXPIRED: UNTRUSTED,
  ERR_TLS_CERT_ALTNAME_INVALID: UNTRUSTED,
  ENTRADA_ADDRESS: PRIVATE,
};

/** Problems that a retry can't solve. */
const LASTING: ReadonlySet<NetworkProblem> = new Set([UNTRUSTED, PRIVATE]);

/** The error of a failed request; all but refused certificates and addresses may be retried. */
export function networkError(error: unknown, url: URL, signal: AbortSignal | undefined, proxy?: ProxyConfig): AppError {
  if (signal?.aborted) return stopped(error, url, signal);
  const problem = BY_CODE[codeOf(error)] ?? DROPPED;
  const fault = proxy === undefined ? null : proxyFault(error, problem, url, proxy);
  if (fault !== null) return fault;
  const { code, title, remedy, fixer } = problem;
  const through = proxy === undefined ? {} : { detail: `Entrada sent the request through the proxy ${proxyName(proxy)}.` };
  return new RemoteError({ code, title: title(url.host), remedy, fixer, ...through }, { cause: error, retry: retryOf(problem) });
}

function retryOf(problem: NetworkProblem): 'never' | 'backoff' {
  return LASTING.has(problem) ? 'never' : 'backoff';
}

/** The error of an aborted request: a time-out of the caller is reported as such, everything else as stopped by a person. */
function stopped(error: unknown, { host }: URL, signal: AbortSignal): AppError {
  const ranOut = signal.reason instanceof Error && signal.reason.name === 'TimeoutError';
  if (!ranOut) return new AppError({ code: 'aborted', title: 'Stopped.' }, { cause: error });
  const { code, title, remedy, fixer } = SLOW;
  return new RemoteError({ code, title: title(host), remedy, fixer }, { cause: error, retry: 'backoff' });
}

/** The error when the proxy itself failed; null when the host behind it did. */
function proxyFault(error: unknown, problem: NetworkProblem, url: URL, proxy: ProxyConfig): RemoteError | null {
  const status = tunnelStatus(error);
  if (status === null && !isProxyFault(error)) return null;
  const name = proxyName(proxy);
  if (status === 407) return wantsSignIn(name, new URL(proxy.url).username !== '', error);
  if (status !== null) return refusesTunnel({ name, status, url, error });
  return new RemoteError(
    {
      code: problem === UNTRUSTED ? 'certificate-untrusted' : 'proxy-unreachable',
      title: problem.title(`the proxy ${name}`).replace(/^t/, 'T'),
      remedy:
        problem === UNTRUSTED
          ? 'The operator sets ENTRADA_EXTRA_CA_FILE to the CA certificate of the proxy.'
          : `Check HTTPS_PROXY and that the proxy runs. If ${url.hostname} needs no proxy, add it to NO_PROXY.`,
      fixer: 'operator',
    },
    { cause: error, retry: retryOf(problem) },
  );
}

/** RFC 9110 section 15.5.8 */
function wantsSignIn(name: string, hadCredentials: boolean, error: unknown): RemoteError {
  const title = hadCredentials
    ? `The proxy ${name} refused the user name and password in HTTPS_PROXY (407).`
    : `The proxy ${name} requires a user name and password (407).`;
  return new RemoteError(
    {
      code: 'proxy-authentication',
      title,
      remedy:
        'The operator sets HTTPS_PROXY to http://USER:PASSWORD@HOST:PORT (special characters percent-encoded) and starts Entrada again.',
      fixer: 'operator',
    },
    { cause: error },
  );
}

function refusesTunnel({ name, status, url, error }: { name: string; status: number; url: URL; error: unknown }): RemoteError {
  const lasting = status < 500 && status !== 429 && status !== 408;
  return new RemoteError(
    {
      code: 'proxy-refused',
      title: `The proxy ${name} refused to connect to ${url.host} (status ${status}).`,
      remedy: `Allow ${url.hostname} in the proxy, or add it to NO_PROXY if it needs no proxy.`,
      fixer: 'operator',
    },
    { cause: error, retry: lasting ? 'never' : 'backoff' },
  );
}

/** undici has the status of a refused tunnel in the message of its error only. */
function tunnelStatus(error: unknown): number | null {
  for (const at of chainOf(error)) {
    const status = /^Proxy response \((\d{3})\)/.exec(at.message)?.[1];
    if (status !== undefined) return Number(status);
  }
  return null;
}

function isProxyFault(error: unknown): boolean {
  return chainOf(error).some(
    (at) => at instanceof ProxyConnectionError || at.name === 'ProxyConnectionError' || at.name === 'SecureProxyConnectionError',
  );
}

/** undici wraps the socket's error; a host with several addresses gives an AggregateError. */
function chainOf(error: unknown): readonly Error[] {
  const chain: Error[] = [];
  for (let at: unknown = error; at instanceof Error && chain.length < 6; ) {
    chain.push(at);
    at = at instanceof AggregateError ? at.errors[0] : at.cause;
  }
  return chain;
}

function codeOf(error: unknown): string {
  return (
    chainOf(error)
      .flatMap((at) => (at as NodeJS.ErrnoException).code ?? [])
      .find((code) => code in BY_CODE) ?? ''
  );
}
