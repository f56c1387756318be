import { setTimeout as sleep } from 'node:timers/promises';
import { type Charge, chargeOf } from '#lib/domain/run/graph-quota.ts';
import { NO_OUTCOME, type Outcome, type RequestLimiter, type WaitMeter, type WaitReporter } from '#lib/graph/limits/admission.ts';
import type { Clock } from '#lib/platform/clock.ts';
import { AppError } from '#lib/platform/errors.ts';
import { withPlainBody } from '#lib/platform/http/content.ts';
import type { Http, HttpResponse } from '#lib/platform/http/http.ts';
import { findIntermediaryResponse } from '#lib/platform/http/intermediary-response.ts';
import { findErrorDocument } from './answer.ts';
import { linkToOtherHost } from './answer-problems.ts';
import { claimsChallenge } from './claims-challenge.ts';
import { GraphError, parseRetryAfter, toGraphError, toInStreamError } from './graph-error.ts';
import { inRequestSpan, type RequestFacts } from './request-span.ts';
import { RetryBudget } from './retry-budget.ts';

/** Dependencies and settings of a Graph client. */
export interface GraphClientDeps {
  readonly http: Http;
  readonly clock: Clock;
  /** `https://graph.microsoft.com/v1.0` */
  readonly baseUrl: string;
  /** `force`: the token `refused` is no longer valid. `claims`: claims that Graph requires of the next token (continuous access evaluation), JSON. */
  readonly accessToken: (options: {
    readonly force: boolean;
    readonly refused?: string;
    readonly claims?: string;
  }) => Promise<string>;
  /** Admits requests within the quotas of the tenant; without it requests are sent at once. */
  readonly throttle?: RequestLimiter;
  /** `x-ms-throttle-priority`: Graph throttles requests of low priority first. */
  readonly priority?: 'Low' | 'Normal' | 'High';
  /** Random number 0..1 for the jitter. */
  readonly random?: () => number;
  /** Replaces waiting in tests. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface GraphRequest {
  readonly method?: 'GET' | 'POST';
  /** Absolute URL on the Graph host. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  readonly bytesMax?: number;
  /** Quota charge when the URL doesn't determine it (a batch). */
  readonly charge?: Charge;
  /** Measures the time that throttling costs. */
  readonly meter?: WaitMeter;
  /** Receives the reason of each wait before a retry. */
  readonly waits?: WaitReporter;
  /** Called for each attempt, also for one that fails. */
  readonly onSend?: () => void;
  /** Called with the number of 429 answers, those of a batch's items included, where there are any. */
  readonly onRefused?: (answers: number) => void;
  /** Whether to accept an answer with another status than 2xx: the status of a batch says nothing about its items. */
  readonly accepts?: (response: HttpResponse) => boolean;
  /**
   * Inspects a successful answer and returns what it says about the quota. An error that it throws counts as the failure of the answer, so
   * that a truncated body is requested again.
   */
  readonly inspectResponse?: (response: HttpResponse) => Outcome;
  /** Called with the first bytes of each successful answer, including one that is truncated later and requested again. */
  readonly onHead?: (bytes: Uint8Array) => void;
}

export interface GraphResponse extends HttpResponse {
  /** Number of requests, including retries. */
  readonly requests: number;
  /** Time spent waiting because Graph throttled, milliseconds. */
  readonly throttledMs: number;
}

export interface GraphClient {
  readonly baseUrl: string;
  /**
   * Sends a request and retries transient failures: 429 and 5xx after Retry-After or with back-off, lost connections, and a 401 once with a
   * new token. Retries are bounded by time (RETRY_TIME_MS since the request began), not by count: a throttled tenant is slow, not broken.
   * @throws GraphError for an answer that isn't a success; AppError for the network; `aborted` when `signal` aborts.
   */
  send(request: GraphRequest): Promise<GraphResponse>;
  readonly clock: Clock;
  /** Waits before the next attempt after `failures` failures. @throws AppError `aborted` */
  backOff(failures: number, signal: AbortSignal): Promise<void>;
  /** Receives the reasons why requests wait. */
  readonly waits?: WaitReporter;
}

/** The same client; `onSend` is called for each request that leaves, also for one that fails or is sent again, `onRefused` for 429 answers. */
export function withRequestCount(client: GraphClient, count: Required<Pick<GraphRequest, 'onSend' | 'onRefused'>>): GraphClient {
  return { ...client, send: (request) => client.send({ ...request, ...count }) };
}

/** The same client; it reports its waits to `waits`. */
export function withWaits(client: GraphClient, waits: WaitReporter): GraphClient {
  return { ...client, waits, send: (request) => client.send({ waits, ...request }) };
}

/** Attempts for a failure that may be transient or permanent (`Retry` `limited`). */
export const LIMITED_ATTEMPTS_MAX = 4;
const BACKOFF_FIRST_MS = 500;
const BACKOFF_MAX_MS = 30_000;

/** Unknown enum members are sent as they are instead of `unknownFutureValue` (Graph docs "Best practices"). */
const PREFER = 'include-unknown-enum-members';

export function createGraphClient(deps: GraphClientDeps): GraphClient {
  const { clock, baseUrl, random = Math.random, wait = defaultWait } = deps;
  const origin = new URL(baseUrl).origin;
  const budget = new RetryBudget(clock, deps.priority === 'Low');
  return {
    baseUrl,
    clock,
    backOff: (failures, signal) => wait(backoff(failures, random), signal),
    async send(request) {
      requireOrigin(request.url, origin);
      const requestBudget = budget.begin();
      let endWait: (() => void) | undefined;
      try {
        const charge = request.charge ?? chargeOf(request.url.slice(baseUrl.length));
        return await inRequestSpan({ ...request, quotaClass: charge.quotaClass }, (facts) =>
          sendWithRetries(deps, request, { charge, facts }, (error, waitMs) => {
            if (!requestBudget.allowsRetry(error, waitMs)) return false;
            endWait?.();
            endWait = request.waits?.begin(
              { kind: 'graph', text: error.problem.title },
              new Date(clock.now().getTime() + waitMs),
            );
            return true;
          }),
        );
      } finally {
        endWait?.();
        requestBudget.end();
      }
    },
  };
}

/** Sends until a success, a permanent failure, or until `mayWait` returns false. */
async function sendWithRetries(
  deps: GraphClientDeps,
  request: GraphRequest,
  { charge, facts }: { readonly charge: Charge; readonly facts: RequestFacts },
  mayWait: (error: AppError, waitMs: number) => boolean,
): Promise<GraphResponse> {
  const { random = Math.random, wait = defaultWait } = deps;
  let newConnection = false;
  let token: Token = { force: false };
  let last: AppError | null = null;
  const sent = (bearer: string): void => {
    token = { ...token, refused: bearer };
  };
  for (let failures = 0; ; failures++) {
    if (request.signal.aborted) throw stopped(request.signal, last);
    try {
      facts.attempts++;
      const response = await attempt(deps, request, { token, charge, sent, newConnection, facts });
      facts.status = response.status;
      return { ...response, requests: facts.attempts, throttledMs: facts.throttledMs };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (request.signal.aborted) throw stopped(request.signal, last ?? error);
      last = error;
      // Graph docs "Best practices": after a 503 the next try goes over a new connection.
      newConnection = error instanceof GraphError && error.status === 503;
      if (error instanceof GraphError && error.status === 401 && !token.force) {
        token = { ...token, force: true, ...(error.claims === null ? {} : { claims: error.claims }) };
        continue;
      }
      const waitMs = waitFor(error, failures, random);
      if (waitMs === null || !mayWait(error, waitMs)) throw error;
      const throttled = error instanceof GraphError && (error.status === 429 || typeof error.retry === 'object');
      if (throttled) request.meter?.begin();
      await wait(waitMs, request.signal)
        .catch((ended: unknown) => {
          throw request.signal.aborted ? stopped(request.signal, error) : ended;
        })
        .finally(() => (throttled ? request.meter?.end() : undefined));
      if (throttled) facts.throttledMs += waitMs;
    }
  }
}

/** The error of an aborted request. When its time ran out, the failure that caused the retries explains more than the abort. */
function stopped(signal: AbortSignal, last: AppError | null): AppError {
  const ranOut = signal.reason instanceof Error && signal.reason.name === 'TimeoutError';
  return ranOut && last !== null && last.code !== 'aborted' ? last : aborted(signal.reason);
}

interface Token {
  readonly force: boolean;
  /** The token that was sent last. */
  readonly refused?: string;
  readonly claims?: string;
}

interface Attempt {
  readonly token: Token;
  readonly charge: Charge;
  /** Called with the access token that is sent. */
  readonly sent: (bearer: string) => void;
  readonly newConnection: boolean;
  readonly facts: RequestFacts;
}

/** One attempt, admitted by the throttle, which receives the outcome. */
async function attempt(
  deps: GraphClientDeps,
  request: GraphRequest,
  { token, charge, sent, newConnection, facts }: Attempt,
): Promise<HttpResponse> {
  const { http, clock, throttle, priority } = deps;
  const { signal, meter, waits, body, bytesMax } = request;
  const watched = { ...(meter === undefined ? {} : { meter }), ...(waits === undefined ? {} : { waits }) };
  const askedAt = performance.now();
  const admission = await throttle?.admit(charge, { signal, ...watched });
  facts.admissionMs += performance.now() - askedAt;
  let outcome = NO_OUTCOME;
  try {
    // Requested after admission: a token may expire while the request waits for it.
    const bearer = await deps.accessToken(token);
    sent(bearer);
    request.onSend?.();
    const accept = request.headers?.['accept'] ?? 'application/json';
    const answered = await http.send({
      method: request.method ?? 'GET',
      url: request.url,
      headers: {
        accept: 'application/json',
        prefer: PREFER,
        ...(priority === undefined ? {} : { 'x-ms-throttle-priority': priority }),
        ...request.headers,
        authorization: `Bearer ${bearer}`,
      },
      signal,
      ...(body === undefined ? {} : { body }),
      ...(bytesMax === undefined ? {} : { bytesMax }),
      ...(newConnection ? { newConnection } : {}),
      ...(request.onHead === undefined ? {} : { onHead: request.onHead }),
    });
    const response = withPlainBody(answered);
    outcome = outcomeOf(response, clock.now());
    const accepted = isSuccess(response) || request.accepts?.(response) === true;
    const intermediary =
      accepted && !isSuccess(response)
        ? null
        : findIntermediaryResponse(response, { url: request.url, service: 'Graph', expects: formOf(accept) });
    if (intermediary !== null) throw intermediary;
    if (!accepted) throw refusal(response, clock.now());
    const failure = findErrorDocument(response.body);
    if (failure !== null) throw toInStreamError(response, failure, clock.now());
    if (request.inspectResponse !== undefined) outcome = request.inspectResponse(response);
    return response;
  } finally {
    admission?.settle(outcome);
    if (outcome.throttled > 0) request.onRefused?.(outcome.throttled);
  }
}

function isSuccess({ status }: HttpResponse): boolean {
  return status >= 200 && status < 300;
}

/** The media type of the answer that a request expects. */
function formOf(accept: string): 'json' | 'text' | 'xml' {
  if (accept === 'text/plain') return 'text';
  return accept === 'application/xml' ? 'xml' : 'json';
}

function refusal(response: HttpResponse, now: Date): GraphError {
  return toGraphError(response, now, claimsChallenge(response));
}

/** What an answer, or an item of a batch, says about the quota that it was charged to. */
export function outcomeOf({ status, headers }: Pick<HttpResponse, 'status' | 'headers'>, now: Date): Outcome {
  const utilisation = Number(headers['x-ms-throttle-limit-percentage'] ?? Number.NaN);
  const units = Number(headers['x-ms-resource-unit'] ?? Number.NaN);
  const throttled = status === 429;
  return {
    passed: throttled ? 0 : 1,
    throttled: throttled ? 1 : 0,
    retryAfterMs: throttled ? parseRetryAfter(headers['retry-after'], now) : null,
    utilisation: Number.isFinite(utilisation) ? utilisation : null,
    ...(Number.isFinite(units) ? { units } : {}),
  };
}

/** Milliseconds until the next attempt, or null when none is due. Retry-After is the minimum; jitter spreads the requests. */
function waitFor(error: AppError, failures: number, random: () => number): number | null {
  if (error.retry === 'never' || (error.retry === 'limited' && failures >= LIMITED_ATTEMPTS_MAX - 1)) return null;
  if (typeof error.retry === 'object') return error.retry.afterMs + random() * Math.min(250, error.retry.afterMs);
  return backoff(failures, random);
}

/** Exponential back-off with full jitter, milliseconds. */
export function backoff(failures: number, random: () => number): number {
  return random() * Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failures, 16));
}

/** Refuses a URL of another origin: links come from answers, and a request to another host would send the access token there. */
function requireOrigin(text: string, origin: string): void {
  if (URL.canParse(text) && new URL(text).origin === origin) return;
  throw linkToOtherHost();
}

async function defaultWait(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (cause) {
    throw aborted(cause);
  }
}

function aborted(cause: unknown): AppError {
  return new AppError({ code: 'aborted', title: 'Stopped.' }, { cause });
}
