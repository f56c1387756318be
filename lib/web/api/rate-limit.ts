import 'server-only';
import { AppError } from '#lib/platform/errors.ts';

/** Requests that one API token or one signed-in person may send to one web process per `RATE_WINDOW_MS`. */
export const RATE_REQUESTS = 1200;
const RATE_WINDOW_MS = 60_000;
/** Number of stored windows; beyond it, ended ones are deleted. */
const WINDOWS_MAX = 10_000;

interface Window {
  readonly endsAt: number;
  used: number;
}

/** The quota of one caller. */
export interface RateState {
  readonly allowed: boolean;
  readonly remaining: number;
  /** Time until the quota is full again, seconds. */
  readonly resetSeconds: number;
}

/**
 * Limits requests in fixed windows that start with the first request. Counts in the memory of each web process: the limit prevents
 * one caller from occupying the process, and each additional process adds capacity. Counting in PostgreSQL would make every read
 * a write (docs/decisions/021-rate-limit-per-process.md).
 */
export function createRateLimiter(): (caller: string, now: Date) => RateState {
  const windows = new Map<string, Window>();
  return (caller, at) => {
    const now = at.getTime();
    let window = windows.get(caller);
    if (window === undefined || window.endsAt <= now) {
      if (windows.size >= WINDOWS_MAX) for (const [name, { endsAt }] of windows) if (endsAt <= now) windows.delete(name);
      window = { endsAt: now + RATE_WINDOW_MS, used: 0 };
      windows.set(caller, window);
    }
    window.used += 1;
    return {
      allowed: window.used <= RATE_REQUESTS,
      remaining: Math.max(0, RATE_REQUESTS - window.used),
      resetSeconds: Math.ceil((window.endsAt - now) / 1000),
    };
  };
}

const holder = globalThis as typeof globalThis & { entradaRateLimiter?: ReturnType<typeof createRateLimiter> };

/** Counts a request of `caller`. The counter is on `globalThis`, since Next.js loads each route handler as a separate bundle. */
export function countRequest(caller: string, now: Date): RateState {
  holder.entradaRateLimiter ??= createRateLimiter();
  return holder.entradaRateLimiter(caller, now);
}

/** Adds headers with the quota and its remainder (draft-ietf-httpapi-ratelimit-headers-10); a refusal has `Retry-After` (RFC 9110, 10.2.3). */
export function withRateHeaders(response: Response, { allowed, remaining, resetSeconds }: RateState): Response {
  response.headers.set('ratelimit-policy', `"requests";q=${RATE_REQUESTS};w=${RATE_WINDOW_MS / 1000}`);
  response.headers.set('ratelimit', `"requests";r=${remaining};t=${resetSeconds}`);
  if (!allowed) response.headers.set('retry-after', String(resetSeconds));
  return response;
}

export function tooManyRequests({ resetSeconds }: RateState): AppError {
  return new AppError({
    code: 'too-many-requests',
    title: `More than ${RATE_REQUESTS} requests in a minute.`,
    remedy: `Wait ${resetSeconds} seconds, as Retry-After says.`,
    fixer: 'you',
  });
}
