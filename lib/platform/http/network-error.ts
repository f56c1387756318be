import { AppError, RemoteError } from '#lib/platform/errors.ts';

interface NetworkProblem {
  readonly code: string;
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
  title: (host) => `The name ${host} can't be resolved.`,
  remedy: 'Check the spelling of the host, and the DNS of the machine that Entrada runs on.',
  fixer: 'you',
};
const SLOW: NetworkProblem = {
  code: 'timed-out',
  title: (host) => `${host} did not answer in time.`,
  remedy: 'Try again. If it stays, check the network between Entrada and this host.',
  fixer: 'operator',
};
const UNTRUSTED: NetworkProblem = {
  code: 'certificate-untrusted',
  title: (host) => `The certificate of ${host} is not trusted.`,
  remedy: 'If a proxy of your own signs it, the operator sets ENTRADA_EXTRA_CA_FILE to its CA certificate.',
  fixer: 'operator',
};
const PRIVATE: NetworkProblem = {
  code: 'address-not-allowed',
  title: (host) => `${host} resolves to a private address.`,
  remedy: 'Only hosts that the operator listed in ENTRADA_EXTRA_CLOUDS may have one.',
  fixer: 'operator',
};
const DROPPED: NetworkProblem = {
  code: 'connection-lost',
  title: (host) => `The connection to ${host} broke off.`,
  remedy: 'Try again. If it stays, check the network between Entrada and this host.',
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

/** Problems that another try can't cure. */
const LASTING: ReadonlySet<NetworkProblem> = new Set([UNTRUSTED, PRIVATE]);

/** What a failed request means, in words; every one but a certificate or address that is refused may be tried again. */
export function networkError(error: unknown, url: URL, signal: AbortSignal | undefined): AppError {
  if (signal?.aborted) return new AppError({ code: 'aborted', title: 'Stopped.' }, { cause: error });
  const { code, title, remedy, fixer } = BY_CODE[codeOf(error)] ?? DROPPED;
  const lasting = [...LASTING].some((problem) => problem.code === code);
  return new RemoteError({ code, title: title(url.host), remedy, fixer }, { cause: error, retry: lasting ? 'never' : 'backoff' });
}

/** undici wraps the socket's error; a host with several addresses gives an AggregateError. */
function codeOf(error: unknown): string {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 4; depth++) {
    const { code } = at as NodeJS.ErrnoException;
    if (code !== undefined && code in BY_CODE) return code;
    at = at instanceof AggregateError ? at.errors[0] : at.cause;
  }
  return '';
}
