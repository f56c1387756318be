import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '#lib/platform/clock.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Http, HttpResponse } from '#lib/platform/http/http.ts';
import { GraphError, toGraphError } from './graph-error.ts';

/** What requests to Graph need. */
export interface GraphClientDeps {
  readonly http: Http;
  readonly clock: Clock;
  /** `https://graph.microsoft.com/v1.0` */
  readonly baseUrl: string;
  readonly accessToken: (options: { readonly force: boolean }) => Promise<string>;
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
}

/** How long one request is tried, milliseconds. */
export const RETRY_TIME_MS = 15 * 60_000;
const BACKOFF_FIRST_MS = 500;
const BACKOFF_MAX_MS = 30_000;

/** Unknown enum members are sent as they are instead of `unknownFutureValue` (Graph docs "Best practices"). */
const PREFER = 'include-unknown-enum-members';

export function createGraphClient(deps: GraphClientDeps): GraphClient {
  const { http, clock, baseUrl, random = Math.random, wait = defaultWait } = deps;
  const origin = new URL(baseUrl).origin;

  async function attempt(request: GraphRequest, force: boolean): Promise<HttpResponse> {
    const token = await deps.accessToken({ force });
    const response = await http.send({
      method: request.method ?? 'GET',
      url: request.url,
      headers: { accept: 'application/json', prefer: PREFER, ...request.headers, authorization: `Bearer ${token}` },
      signal: request.signal,
      ...(request.body === undefined ? {} : { body: request.body }),
      ...(request.bytesMax === undefined ? {} : { bytesMax: request.bytesMax }),
    });
    if (response.status >= 200 && response.status < 300) return response;
    throw toGraphError({ ...response, body: parseLoosely(response.body) }, clock.now());
  }

  return {
    baseUrl,
    clock,
    async send(request) {
      requireOrigin(request.url, origin);
      const giveUpAt = clock.now().getTime() + RETRY_TIME_MS;
      let requests = 0;
      let throttledMs = 0;
      let force = false;
      for (let failures = 0; ; failures++) {
        if (request.signal.aborted) throw aborted(request.signal.reason);
        try {
          requests++;
          return { ...(await attempt(request, force)), requests, throttledMs };
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          if (error instanceof GraphError && error.status === 401 && !force) {
            force = true;
            continue;
          }
          const waitMs = waitFor(error, failures, random);
          if (waitMs === null || clock.now().getTime() + waitMs > giveUpAt) throw error;
          await wait(waitMs, request.signal);
          if (error instanceof GraphError && (error.status === 429 || typeof error.retry === 'object')) throttledMs += waitMs;
        }
      }
    },
  };
}

/** Milliseconds to wait before trying again, or null when that can't help. Retry-After is the floor; jitter spreads the callers. */
function waitFor(error: AppError, failures: number, random: () => number): number | null {
  if (error.retry === 'never') return null;
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

function parseLoosely(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return null;
  }
}
