import type { Problem } from '#lib/domain/problem.ts';
import { RemoteError, type Retry } from '#lib/platform/errors.ts';
import type { HttpResponse } from '#lib/platform/http/http.ts';
import { readErrorWords } from './answer.ts';

/** An error answer of Graph. Branch on `graphCode` and `status`, never on the message (Graph docs "Error responses"). */
export class GraphError extends RemoteError {
  override readonly name = 'RemoteError';
  readonly status: number;
  readonly graphCode: string;
  /** Claims that the next token must carry, JSON; null unless a 401 asked for some. */
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

interface Words {
  readonly code: string;
  readonly title: string;
  readonly remedy: string;
  readonly fixer: NonNullable<Problem['fixer']>;
}

const LICENCE: Words = {
  code: 'missing-licence',
  title: 'The tenant lacks the licence that this data needs.',
  remedy: 'It needs Microsoft Entra ID P1 or P2. Leave the dataset out, or get the licence.',
  fixer: 'tenant-admin',
};
const PERMISSION: Words = {
  code: 'missing-permission',
  title: 'Graph refuses this data to the signed-in account.',
  remedy:
    'Grant the permission that the dataset names, and a directory role that may read it (for logs: Reports Reader), then authenticate again.',
  fixer: 'tenant-admin',
};
const EXPIRED_PAGE: Words = {
  code: 'page-token-expired',
  title: 'The link to the next page has expired.',
  remedy: 'Run again: the dataset is then read from the start.',
  fixer: 'you',
};
const THROTTLED: Words = {
  code: 'throttled',
  title: 'Graph throttles this app and tenant.',
  remedy: 'Run again later, or when other applications read less.',
  fixer: 'you',
};
const UNAVAILABLE: Words = {
  code: 'graph-unavailable',
  title: 'Graph is not available for the moment.',
  remedy: 'Run again later.',
  fixer: 'you',
};
const TOKEN: Words = {
  code: 'token-refused',
  title: 'Graph refuses the access token.',
  remedy: 'Test the connection; if it fails, authenticate it again.',
  fixer: 'you',
};
const NOT_FOUND: Words = {
  code: 'graph-not-found',
  title: 'Graph does not know this resource in this cloud, or it has been deleted.',
  remedy: 'Leave the dataset out, or generate the metadata again.',
  fixer: 'you',
};
const REFUSED: Words = {
  code: 'graph-refused',
  title: 'Graph refused the request.',
  remedy: 'The details below say why; Graph support asks for the request id.',
  fixer: 'operator',
};

/** Words by Graph's code (graph-facts: errors); a code that isn't here is judged by its status. */
const BY_GRAPH_CODE: Readonly<Record<string, Words>> = {
  Authorization_RequestDenied: PERMISSION,
  Authentication_RequestFromNonPremiumTenantOrB2CTenant: LICENCE,
  AadPremiumLicenseRequired: LICENCE,
  Directory_ExpiredPageToken: EXPIRED_PAGE,
  DirectoryPageTokenNotFoundException: EXPIRED_PAGE,
  TooManyRequests: THROTTLED,
  InvalidAuthenticationToken: TOKEN,
};

function wordsOf(status: number, graphCode: string): Words {
  const known = BY_GRAPH_CODE[graphCode];
  if (known !== undefined) return known;
  if (status === 401) return TOKEN;
  if (status === 403) return PERMISSION;
  if (status === 404) return NOT_FOUND;
  if (status === 429) return THROTTLED;
  return status >= 500 && status !== 501 ? UNAVAILABLE : REFUSED;
}

/** Makes the error of an answer that isn't a success. `body`: its bytes, or what a batch held for it. */
export function toGraphError(
  response: Pick<HttpResponse, 'status' | 'headers'> & { readonly body: unknown },
  now: Date,
  claims: string | null = null,
): GraphError {
  const { graphCode, message, requestId: innerId } = readErrorWords(response.body);
  const requestId = response.headers['request-id'] ?? innerId;
  const words = wordsOf(response.status, graphCode);
  return new GraphError(
    {
      ...words,
      ...(message === '' ? {} : { detail: message.slice(0, 500) }),
      reference: {
        httpStatus: response.status,
        timestamp: response.headers['date'] ?? now.toISOString(),
        ...(graphCode === '' ? {} : { graphCode }),
        ...(requestId === '' ? {} : { requestId }),
      },
    },
    { status: response.status, graphCode, retry: retryOf(response, isPassing(response.status, graphCode, message), now), claims },
  );
}

/**
 * The error of a success that holds an error instead of its content, or behind some of it (OData Protocol 4.01 section 9.4, in-stream errors):
 * the service failed after it had sent the status, so it is judged like a 500.
 */
export function toLateError(response: HttpResponse, body: unknown, now: Date): GraphError {
  const status = BY_GRAPH_CODE[readErrorWords(body).graphCode] === PERMISSION ? 403 : 500;
  return toGraphError({ ...response, status, body }, now);
}

/** Codes of a service that is ill, whatever the status that they come with (graph-facts "errors": documented with 5xx). */
const ILL_CODES =
  /^(UnknownError|generalException|serviceNotAvailable|internalServerError|Service_InternalServerError|ServiceUnavailable|timeout)$/i;

/**
 * A refusal in words that say nothing of the request and are known to come and go (msgraph-beta-sdk-dotnet 269: "Unsupported Query." and
 * UnknownError). JSON in the message is a refusal of a service behind Graph, and lasting.
 */
function isPassing(status: number, graphCode: string, message: string): boolean {
  if (status !== 400 && status !== 403) return false;
  return isIll(graphCode, message) || /^Unsupported Query\.?$/i.test(message.trim());
}

function isIll(graphCode: string, message: string): boolean {
  return ILL_CODES.test(graphCode) && !message.trimStart().startsWith('{');
}

/** Whether an answer says that the service is ill, and nothing of what was asked: it never proves that something is refused. */
export function saysNothing({ graphCode, problem }: GraphError): boolean {
  return isIll(graphCode, problem.detail ?? '');
}

/** Statuses that another try can cure. 501 is lasting; 409 and 423 are conflicts of the moment. */
const RETRY_STATUS = new Set([408, 409, 423, 429, 500, 502, 503, 504]);

/** A server can't make us wait longer than this at once, milliseconds: an absurd Retry-After must not park a run for days. */
export const RETRY_AFTER_MAX_MS = 5 * 60_000;

function retryOf({ status, headers }: Pick<HttpResponse, 'status' | 'headers'>, passing: boolean, now: Date): Retry {
  if (passing) return 'few';
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
