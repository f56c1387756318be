import { setTimeout as sleep } from 'node:timers/promises';
import { type Charge, chargeOf } from '#lib/domain/run/graph-quota.ts';
import { NO_OUTCOME, type Outcome, type Throttle, type WaitMeter, type WaitWatch } from '#lib/graph/limits/admission.ts';
import type { Clock } from '#lib/platform/clock.ts';
import { AppError } from '#lib/platform/errors.ts';
import { withPlainBody } from '#lib/platform/http/content.ts';
import type { Http, HttpResponse } from '#lib/platform/http/http.ts';
import { foreignAnswer } from '#lib/platform/http/intermediary-response.ts';
import { errorInside } from './answer.ts';
import { claimsChallenge } from './claims-challenge.ts';
import { GraphError, parseRetryAfter, toGraphError, toLateError } from './graph-error.ts';
import { Patience } from './retry-budget.ts';

/** What requests to Graph need. */
export interface GraphClientDeps {
  readonly http: Http;
  readonly clock: Clock;
  /** `https://graph.microsoft.com/v1.0` */
  readonly baseUrl: string;
  /** `force`: `refused` won't do any more. `claims`: what Graph wants to see in the next one (continuous access evaluation), JSON. */
  readonly accessToken: (options: {
    readonly force: boolean;
    readonly refused?: string;
    readonly claims?: string;
  }) => Promise<string>;
  /** Lets requests out under the quotas of the tenant; without it they go at once. */
  readonly throttle?: Throttle;
  /** `x-ms-throttle-priority`: what Graph refuses last or first when it must refuse. */
  readonly priority?: 'Low' | 'Normal' | 'High';
  /** 0..1, for the jitter. */
  readonly random?: () => number;
  /** Waits, for tests. */
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
  /** What it costs, where the URL doesn't say (a batch). */
  readonly charge?: Charge;
  /** Told of the waits that throttling costs. */
  readonly meter?: WaitMeter;
  /** Told why this request waits before it is tried again. */
  readonly waits?: WaitWatch;
  /** Whether an answer that is no success is one all the same: the status of a batch says nothing about its items. */
  readonly accepts?: (response: HttpResponse) => boolean;
  /**
   * Looks at a successful answer: what it says about quotas. What it throws is treated as the answer's failure, so that a body that ends in
   * the middle is asked for again.
   */
  readonly judge?: (response: HttpResponse) => Outcome;
  /** Told of the first bytes of each successful answer, also of one that breaks off later and is asked for again. */
  readonly onHead?: (bytes: Uint8Array) => void;
}

export interface GraphResponse extends HttpResponse {
  /** Requests that it took. */
  readonly requests: number;
  /** Time waited because Graph throttled, milliseconds. */
  readonly throttledMs: number;
}

export interface GraphClient {
  readonly baseUrl: string;
  /**
   * Sends, and tries again what can be cured: 429 and 5xx after Retry-After or with back-off, lost connections, once a 401 with a fresh
   * token. Bounded by time (RETRY_TIME_MS since the last success), not by count: a throttled tenant is slow, not broken.
   * @throws GraphError for an answer that isn't a success; AppError for the network; `aborted` when `signal` aborts.
   */
  send(request: GraphRequest): Promise<GraphResponse>;
  readonly clock: Clock;
  /** Waits before a try that has failed `failures` times. @throws AppError `aborted` */
  backOff(failures: number, signal: AbortSignal): Promise<void>;
  /** Told why requests wait. */
  readonly waits?: WaitWatch;
}

/** The same client, whose waits are told to `waits`. */
export function withWaits(client: GraphClient, waits: WaitWatch): GraphClient {
  return { ...client, waits, send: (request) => client.send({ waits, ...request }) };
}

/** Times that is tried what may pass or may be a lasting refusal. */
export const LIMITED_ATTEMPTS_MAX = 4;
const BACKOFF_FIRST_MS = 500;
const BACKOFF_MAX_MS = 30_000;

/** Unknown enum members are sent as they are instead of `unknownFutureValue` (Graph docs "Best practices"). */
const PREFER = 'include-unknown-enum-members';

export function createGraphClient(deps: GraphClientDeps): GraphClient {
  const { clock, baseUrl, random = Math.random, wait = defaultWait } = deps;
  const origin = new URL(baseUrl).origin;
  const patience = new Patience(clock, deps.priority === 'Low');
  return {
    baseUrl,
    clock,
    backOff: (failures, signal) => wait(backoff(failures, random), signal),
    async send(request) {
      requireOrigin(request.url, origin);
      const waiting = patience.begin();
      let endWait: (() => void) | undefined;
      try {
        return await sendPatiently(deps, request, (error, waitMs) => {
          if (!waiting.mayWait(error, waitMs)) return false;
          endWait?.();
          endWait = request.waits?.begin(error.problem.title);
          return true;
        });
      } finally {
        endWait?.();
        waiting.end();
      }
    },
  };
}

/** Tries until it passes, or `mayWait` says that it is enough. */
async function sendPatiently(
  deps: GraphClientDeps,
  request: GraphRequest,
  mayWait: (error: AppError, waitMs: number) => boolean,
): Promise<GraphResponse> {
  const { random = Math.random, wait = defaultWait } = deps;
  const charge = request.charge ?? chargeOf(request.url.slice(deps.baseUrl.length));
  let requests = 0;
  let throttledMs = 0;
  let newConnection = false;
  let token: Token = { force: false };
  let last: AppError | null = null;
  const sent = (bearer: string): void => {
    token = { ...token, refused: bearer };
  };
  for (let failures = 0; ; failures++) {
    if (request.signal.aborted) throw stopped(request.signal, last);
    try {
      requests++;
      return { ...(await attempt(deps, request, { token, charge, sent, newConnection })), requests, throttledMs };
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
      if (throttled) throttledMs += waitMs;
    }
  }
}

/** When the time for a request ran out, what kept it from passing says more than that it was stopped. */
function stopped(signal: AbortSignal, last: AppError | null): AppError {
  const ranOut = signal.reason instanceof Error && signal.reason.name === 'TimeoutError';
  return ranOut && last !== null && last.code !== 'aborted' ? last : aborted(signal.reason);
}

interface Token {
  readonly force: boolean;
  /** The one that was sent last. */
  readonly refused?: string;
  readonly claims?: string;
}

interface Attempt {
  readonly token: Token;
  readonly charge: Charge;
  /** Told of the access token that goes out. */
  readonly sent: (bearer: string) => void;
  readonly newConnection: boolean;
}

/** One try, let out by the throttle, which is told how it ended. */
async function attempt(
  deps: GraphClientDeps,
  request: GraphRequest,
  { token, charge, sent, newConnection }: Attempt,
): Promise<HttpResponse> {
  const { http, clock, throttle, priority } = deps;
  const { signal, meter, body, bytesMax } = request;
  const admission = await throttle?.admit(charge, { signal, ...(meter === undefined ? {} : { meter }) });
  let outcome = NO_OUTCOME;
  try {
    // Asked for after the wait: what was fresh before it may have run out.
    const bearer = await deps.accessToken(token);
    sent(bearer);
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
    const foreign =
      accepted && !isSuccess(response)
        ? null
        : foreignAnswer(response, { url: request.url, service: 'Graph', expects: formOf(accept) });
    if (foreign !== null) throw foreign;
    if (!accepted) throw refusal(response, clock.now());
    const failure = errorInside(response.body);
    if (failure !== null) throw toLateError(response, failure, clock.now());
    if (request.judge !== undefined) outcome = request.judge(response);
    return response;
  } finally {
    admission?.settle(outcome);
  }
}

function isSuccess({ status }: HttpResponse): boolean {
  return status >= 200 && status < 300;
}

/** The form of the answer that a request asks for. */
function formOf(accept: string): 'json' | 'text' | 'xml' {
  if (accept === 'text/plain') return 'text';
  return accept === 'application/xml' ? 'xml' : 'json';
}

function refusal(response: HttpResponse, now: Date): GraphError {
  return toGraphError(response, now, claimsChallenge(response));
}

/** What an answer, or an item of a batch, says about the quota that it was counted against. */
export function outcomeOf({ status, headers }: Pick<HttpResponse, 'status' | 'headers'>, now: Date): Outcome {
  const share = Number(headers['x-ms-throttle-limit-percentage'] ?? Number.NaN);
  const units = Number(headers['x-ms-resource-unit'] ?? Number.NaN);
  const throttled = status === 429;
  return {
    passed: throttled ? 0 : 1,
    throttled: throttled ? 1 : 0,
    retryAfterMs: throttled ? parseRetryAfter(headers['retry-after'], now) : null,
    share: Number.isFinite(share) ? share : null,
    ...(Number.isFinite(units) ? { units } : {}),
  };
}

/** Milliseconds to wait before trying again, or null when that can't help. Retry-After is the floor; jitter spreads the callers. */
function waitFor(error: AppError, failures: number, random: () => number): number | null {
  if (error.retry === 'never' || (error.retry === 'few' && failures >= LIMITED_ATTEMPTS_MAX - 1)) return null;
  if (typeof error.retry === 'object') return error.retry.afterMs + random() * Math.min(250, error.retry.afterMs);
  return backoff(failures, random);
}

/** Full jitter: anything up to the exponential bound. */
export function backoff(failures: number, random: () => number): number {
  return random() * Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failures, 16));
}

/** Links come from answers: one to another host would carry the token there. */
function requireOrigin(text: string, origin: string): void {
  if (URL.canParse(text) && new URL(text).origin === origin) return;
  throw new AppError({
    code: 'link-to-other-host',
    title: 'Graph named a link on another host; it was not followed.',
    remedy: 'Check the Graph Base URL: a proxy may rewrite answers.',
    fixer: 'operator',
  });
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
