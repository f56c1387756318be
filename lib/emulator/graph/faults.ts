import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { GraphFault } from './graph-fault.ts';

const EveryNth = z.number().int().min(1);

/** How Graph misbehaves on request; nothing by default. Counters run over all requests, items of a batch included. */
export const GraphFaultSettings = z
  .object({
    /** Every nth request is throttled; Retry-After in seconds, as an HTTP date, or left out. */
    throttle: z.object({
      everyNth: EveryNth,
      retryAfter: z
        .union([z.number().min(0), z.literal('date')])
        .nullable()
        .default(1),
    }),
    /** The documented quotas hold: resource units by the size of the tenant, 5 reports in 10 s, sign-in activity 10 times a minute. */
    quota: z.boolean(),
    unavailableEveryNth: EveryNth,
    latencyMs: z.number().min(0).max(60_000),
    /** Every page is followed by an empty one with a link. */
    emptyPages: z.boolean(),
    /** The last row of a page comes again as the first of the next. */
    repeatRows: z.boolean(),
    /** Every link to a next page has expired. */
    expirePageTokens: z.boolean(),
    nextLinkLoop: z.boolean(),
    /** Every delta link is too old, or wants a full resync. */
    deltaLinks: z.enum(['expired', 'resync']),
    /** Every object that delta query tells of comes twice, in different order. */
    repeatDelta: z.boolean(),
    /** Every nth answer ends in the middle. */
    truncateEveryNth: EveryNth,
    /** Every nth answer breaks off, and the connection with it. */
    dropEveryNth: EveryNth,
    /** Paths (regular expression) that answer 403. */
    forbid: z.string(),
  })
  .partial()
  .strict();
export type GraphFaultSettings = z.infer<typeof GraphFaultSettings>;

/** Whose quota is spent. */
export interface Caller {
  readonly appid: string;
  readonly tid: string;
}

export interface GraphFaults {
  readonly settings: GraphFaultSettings;
  set(settings: unknown): void;
  /** Called before each request that is let in: waits, or throws the answer that is due. */
  before(path: string, now: Date, caller: Caller): Promise<void>;
  /** What is to happen to this answer: half of it looks whole, or the connection breaks in its middle. */
  cut(): 'truncated' | 'dropped' | null;
}

export function createGraphFaults(): GraphFaults {
  let settings: GraphFaultSettings = {};
  let requests = 0;
  let answers = 0;
  return {
    get settings() {
      return settings;
    },
    set(value) {
      settings = value === null ? {} : GraphFaultSettings.parse(value);
      requests = 0;
      answers = 0;
    },
    async before(path, now, caller) {
      requests++;
      const { latencyMs, throttle, unavailableEveryNth, forbid } = settings;
      if (latencyMs !== undefined && latencyMs > 0) await sleep(latencyMs);
      if (throttle !== undefined && requests % throttle.everyNth === 0) throw throttled(throttle.retryAfter, now, caller);
      if (unavailableEveryNth !== undefined && requests % unavailableEveryNth === 0)
        throw new GraphFault(503, 'serviceNotAvailable', 'The service is temporarily unavailable.');
      if (forbid !== undefined && new RegExp(forbid, 'i').test(path))
        throw new GraphFault(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
    },
    cut() {
      answers++;
      const isNth = (nth: number | undefined): boolean => nth !== undefined && answers % nth === 0;
      return isNth(settings.dropEveryNth) ? 'dropped' : isNth(settings.truncateEveryNth) ? 'truncated' : null;
    },
  };
}

/** Body and headers as in Graph's throttling guidance. */
export function throttled(retryAfter: number | 'date' | null, now: Date, { appid, tid }: Caller): GraphFault {
  const scope = {
    'x-ms-throttle-scope': `Tenant_Application/ReadWrite/${appid}/${tid}`,
    'x-ms-throttle-information': 'ResourceUnitLimitExceeded',
  };
  const after =
    retryAfter === null
      ? {}
      : { 'retry-after': retryAfter === 'date' ? new Date(now.getTime() + 1000).toUTCString() : String(retryAfter) };
  const inner = { code: '429', message: 'Please retry after', status: '429' };
  return new GraphFault(429, 'TooManyRequests', 'Please retry again later.', { ...scope, ...after }, inner);
}
