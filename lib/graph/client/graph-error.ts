import type { Problem } from '#lib/domain/problem.ts';
import type { ProblemCode } from '#lib/domain/problem-code.ts';
import { RemoteError, type Retry } from '#lib/platform/errors.ts';
import type { HttpResponse } from '#lib/platform/http/http.ts';
import { readErrorBody } from './answer.ts';

/** An error answer of Graph. Branch on `graphCode` and `status`, never on the message (Graph docs "Error responses"). */
export class GraphError extends RemoteError {
  override readonly name = 'RemoteError';
  readonly status: number;
  readonly graphCode: string;
  /** Claims that the next token must contain, JSON; null unless a 401 required some. */
  readonly claims: string | null;

  constructor(
    problem: Problem,
    options: {
      readonly status: number;
      readonly graphCode: string;
      readonly retry: Retry;
      readonly claims: string | null;
    },
  ) {
    super(problem, { retry: options.retry });
    this.status = options.status;
    this.graphCode = options.graphCode;
    this.claims = options.claims;
  }
}

interface ProblemText {
  readonly code: ProblemCode;
  readonly title: string;
  readonly remedy: string;
  readonly fixer: NonNullable<Problem['fixer']>;
}

const LICENCE: ProblemText = {
  code: 'missing-licence',
  title: 'The tenant lacks the licence that this data needs.',
  remedy: 'Get Microsoft Entra ID P1 or P2, or remove the dataset from the task.',
  fixer: 'tenant-admin',
};
const PERMISSION: ProblemText = {
  code: 'missing-permission',
  title: 'Graph refuses this data to the signed-in account.',
  remedy:
    'Grant the permission that the dataset shows, and a directory role that may read this data (for logs: Reports Reader). Then authenticate again.',
  fixer: 'tenant-admin',
};
const EXPIRED_PAGE: ProblemText = {
  code: 'page-token-expired',
  title: 'The link to the next page has expired.',
  remedy: 'Run the task again: it then reads the dataset from the start.',
  fixer: 'you',
};
const THROTTLED: ProblemText = {
  code: 'throttled',
  title: 'Graph throttles the requests of this application in this tenant (429).',
  remedy: 'Run the task again later, when other applications send fewer requests to this tenant.',
  fixer: 'you',
};
const UNAVAILABLE: ProblemText = {
  code: 'graph-unavailable',
  title: 'Graph is temporarily unavailable.',
  remedy: 'Run the task again later.',
  fixer: 'you',
};
const TOKEN: ProblemText = {
  code: 'token-refused',
  title: 'Graph refuses the access token.',
  remedy: 'Test the connection. If the test fails, authenticate the connection again.',
  fixer: 'you',
};
const NOT_FOUND: ProblemText = {
  code: 'graph-not-found',
  title: 'Graph does not have this resource in this cloud, or the object was deleted.',
  remedy: 'Remove the dataset from the task, or generate the metadata again.',
  fixer: 'you',
};
const REFUSED: ProblemText = {
  code: 'graph-refused',
  title: 'Graph refused the request.',
  remedy: 'Read the reason in the details below. Microsoft support needs the request ID.',
  fixer: 'operator',
};

/** Problem by Graph's error code; for other codes the status decides. */
const BY_GRAPH_CODE: Readonly<Record<string, ProblemText>> = {
  Authorization_RequestDenied: PERMISSION,
  Authentication_RequestFromNonPremiumTenantOrB2CTenant: LICENCE,
  AadPremiumLicenseRequired: LICENCE,
  Directory_ExpiredPageToken: EXPIRED_PAGE,
  DirectoryPageTokenNotFoundException: EXPIRED_PAGE,
  TooManyRequests: THROTTLED,
  InvalidAuthenticationToken: TOKEN,
};

function problemTextOf(status: number, graphCode: string): ProblemText {
  const known = BY_GRAPH_CODE[graphCode];
  if (known !== undefined) return known;
  if (status === 401) return TOKEN;
  if (status === 403) return PERMISSION;
  if (status === 404) return NOT_FOUND;
  if (status === 429) return THROTTLED;
  return status >= 500 && status !== 501 ? UNAVAILABLE : REFUSED;
}

/** The error of an unsuccessful answer. `body`: its bytes, or the parsed body of a batch item. */
export function toGraphError(
  response: Pick<HttpResponse, 'status' | 'headers'> & { readonly body: unknown },
  now: Date,
  claims: string | null = null,
): GraphError {
  const { graphCode, message, requestId: innerId } = readErrorBody(response.body);
  const requestId = response.headers['request-id'] ?? innerId;
  const text = problemTextOf(response.status, graphCode);
  return new GraphError(
    {
      ...text,
      ...(message === '' ? {} : { detail: message.slice(0, 500) }),
      reference: {
        httpStatus: response.status,
        timestamp: response.headers['date'] ?? now.toISOString(),
        ...(graphCode === '' ? {} : { graphCode }),
        ...(requestId === '' ? {} : { requestId }),
      },
    },
    {
      status: response.status,
      graphCode,
      retry: retryOf(response, isTransientRefusal(response.status, graphCode, message), now),
      claims,
    },
  );
}

/**
 * The error of a successful answer that holds an error instead of its content or behind it (OData Protocol 4.01 section 9.4, in-stream
 * errors): the service failed after it had sent the status, so it counts as a 500.
 */
export function toInStreamError(response: HttpResponse, body: unknown, now: Date): GraphError {
  const status = BY_GRAPH_CODE[readErrorBody(body).graphCode] === PERMISSION ? 403 : 500;
  return toGraphError({ ...response, status, body }, now);
}

/** Codes of a failure of the service, whatever the status; Graph documents them with 5xx and sends them with 400 and 403, too. */
const SERVICE_FAILURE_CODES =
  /^(UnknownError|generalException|serviceNotAvailable|internalServerError|Service_InternalServerError|ServiceUnavailable|timeout)$/i;

/**
 * Whether a refusal has a message that says nothing about the request and is known to be transient (msgraph-beta-sdk-dotnet issue 269:
 * "Unsupported Query." and UnknownError). JSON in the message is a refusal by a service behind Graph, which is permanent.
 */
function isTransientRefusal(status: number, graphCode: string, message: string): boolean {
  if (status !== 400 && status !== 403) return false;
  return isServiceFailureCode(graphCode, message) || /^Unsupported Query\.?$/i.test(message.trim());
}

function isServiceFailureCode(graphCode: string, message: string): boolean {
  return SERVICE_FAILURE_CODES.test(graphCode) && !message.trimStart().startsWith('{');
}

/** Whether an answer reports a failure of the service rather than of the request: it never proves a refusal. */
export function isServiceFailure({ graphCode, problem }: GraphError): boolean {
  return isServiceFailureCode(graphCode, problem.detail ?? '');
}

/** Statuses that a retry can solve. 501 is permanent; 409 and 423 are transient conflicts. */
const RETRY_STATUS = new Set([408, 409, 423, 429, 500, 502, 503, 504]);

/** Longest wait that a server can cause at once, milliseconds: a wrong Retry-After must not stop a run for days. */
export const RETRY_AFTER_MAX_MS = 5 * 60_000;

function retryOf({ status, headers }: Pick<HttpResponse, 'status' | 'headers'>, isTransient: boolean, now: Date): Retry {
  if (isTransient) return 'limited';
  if (!RETRY_STATUS.has(status)) return 'never';
  const afterMs = parseRetryAfter(headers['retry-after'], now);
  return afterMs === null ? 'backoff' : { afterMs };
}

/**
 * Retry-After in either form (RFC 9110 section 10.2.3), milliseconds, at most RETRY_AFTER_MAX_MS. Graph sends fractional seconds too.
 * Null when absent or unreadable.
 */
export function parseRetryAfter(value: string | undefined, now: Date): number | null {
  if (value === undefined || value.trim() === '') return null;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - now.getTime();
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), RETRY_AFTER_MAX_MS);
}
