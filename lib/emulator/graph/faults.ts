import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { EmulatorResponse } from '../contract.ts';
import type { Row } from '../tenant/collection.ts';
import { MutationSpec } from '../tenant/mutate.ts';
import { accessDenied, GraphErrorResponse, NO_LICENCE } from './error-response.ts';
import { AnswerFormSettings, alterBatch, withByteOrderMark, withContentType } from './faults/answer-form.ts';
import { CountSettings, createCounts } from './faults/counts.ts';
import { Intermediary, intermediaryAnswer } from './faults/intermediary.ts';
import { createOccurrences } from './faults/occurrences.ts';
import { createRefusals, RefusalSettings } from './faults/refusals.ts';
import { createRowFaults, RowSettings, withChangedCase } from './faults/rows.ts';
import type { ListResource } from './resources/resource.ts';

const EveryNth = z.number().int().min(1);

/** Faults of Graph; default: none. Counters include items of a batch. */
export const GraphFaultSettings = z
  .object({
    /** Throttles every nth request; Retry-After in seconds, as an HTTP date, or absent. */
    throttle: z.object({
      everyNth: EveryNth,
      retryAfter: z
        .union([z.number().min(0), z.literal('date')])
        .nullable()
        .default(1),
    }),
    /**
     * Applies the documented quotas: resource units by the size of the tenant, 5 reports in 10 s, sign-in activity 10 times a minute; or other
     * limits.
     */
    quota: z.union([
      z.boolean(),
      z
        .object({ reports: z.number().int().min(1) })
        .partial()
        .strict(),
    ]),
    unavailableEveryNth: EveryNth,
    latencyMs: z.number().min(0).max(60_000),
    /** An empty page with a link follows each page. */
    emptyPages: z.boolean(),
    /** The last row of a page is repeated as the first of the next. */
    repeatRows: z.boolean(),
    /** Maximum page size, whatever `$top` is: the server may send fewer rows (OData JSON Format 4.01, section 4.5.5). */
    pageSizeMax: z.number().int().min(1),
    /** Every link to a next page has expired, or only this number of followed links. */
    expirePageTokens: z.union([z.boolean(), z.number().int().min(0)]),
    nextLinkLoop: z.boolean(),
    /** Every delta link is too old, or requires a full resync. */
    deltaLinks: z.enum(['expired', 'resync']),
    /** Delta query reports every object twice, in another order. */
    repeatDelta: z.boolean(),
    /** Every nth body is truncated. */
    truncateEveryNth: EveryNth,
    /** Every nth answer ends with a closed connection. */
    dropEveryNth: EveryNth,
    /** Paths (regular expression) that answer 403. */
    forbid: z.string(),
    /** Paths (regular expression) that answer 403 because the tenant has no premium licence. */
    unlicensed: z.string(),
    /** Number of requests after which Graph refuses an access token with a claims challenge (continuous access evaluation). */
    challengeAfter: EveryNth,
    /** Adds, changes and deletes objects before every nth request, `times` times in total. */
    changeWhileReading: z.object({
      everyNth: EveryNth,
      times: z.number().int().min(1).max(100),
      changes: MutationSpec.default(() => MutationSpec.parse({})),
    }),
    /** Delta rounds never end: each page is empty and has a new link. */
    endlessDelta: z.boolean(),
    /** Revoked permissions, whatever the token contains (each resource's doc page has Graph's answer). */
    revokedPermissions: z.array(z.string()),
    /** An intermediary answers instead of Graph; the first due entry applies. */
    answerHtml: z.array(Intermediary),
    ...RefusalSettings,
    ...CountSettings,
    ...RowSettings,
    ...AnswerFormSettings,
  })
  .partial()
  .strict();
export type GraphFaultSettings = z.infer<typeof GraphFaultSettings>;

/** Owner of the quota. */
export interface Caller {
  readonly appid: string;
  readonly tid: string;
}

export interface GraphFaults {
  readonly settings: GraphFaultSettings;
  set(settings: unknown): void;
  /** Called before each admitted request: waits, or throws the fault's answer. */
  before(path: string, now: Date, caller: Caller): Promise<void>;
  /** Called once per HTTP request (a batch is one): throws when its token is no longer accepted. */
  challenge(token: string, now: Date): void;
  /** Changes of the tenant before this request, or null. Called once per request. */
  takeChange(): MutationSpec | null;
  /** Whether this link to a next page is refused. Called once per followed link. */
  takeExpiry(): boolean;
  /** Fault of this answer: a truncated body, or a closed connection. */
  cut(): 'truncated' | 'dropped' | null;
  /** The answer of an intermediary, or null. Called once per HTTP request (a batch is one). */
  intercept(path: string): EmulatorResponse | null;
  /** Called with the properties of an answer. @throws GraphFault when one of them is refused */
  refuseProperties(path: string, names: readonly string[]): void;
  /** The collection for this request. */
  alter(path: string, listing: ListResource): ListResource;
  /** A row with the configured case of property names. */
  changePropertyCase(path: string, position: number, row: Row): Row;
  /** The reported count for this number of rows. */
  reportedCount(path: string, count: number): number;
  /** An answer, or an item of a batch, with the configured content type. */
  type(response: EmulatorResponse): EmulatorResponse;
  /** The answer as it is sent. */
  mark(response: EmulatorResponse): EmulatorResponse;
  /** The answer of a whole batch. */
  envelop(text: string): { readonly status: number; readonly body: string };
}

/** Kinds of faults in separate files; their counters restart with new settings. */
function createKinds(current: () => GraphFaultSettings) {
  const refusals = createRefusals();
  const rowFaults = createRowFaults();
  const counts = createCounts();
  const intermediaries = createOccurrences();
  return {
    intercept: (path) => {
      const due = current().answerHtml?.find((fault) => intermediaries.isDue(fault, path));
      return due === undefined ? null : intermediaryAnswer(due.as);
    },
    refuse: (path: string) => refusals.refuse(current(), path),
    refuseProperties: (path, names) => refusals.refuseProperties(current(), path, names),
    alter: (path, listing) => rowFaults.alter(current(), path, listing),
    changePropertyCase: (path, position, row) => withChangedCase(current(), path, position, row),
    reportedCount: (path, count) => counts.report(current(), path, count),
    type: (response) => withContentType(current(), response),
    mark: (response) => withByteOrderMark(current(), response),
    envelop: (text) => alterBatch(current(), text),
  } satisfies Partial<GraphFaults> & { refuse(path: string): void };
}

export function createGraphFaults(): GraphFaults {
  let settings: GraphFaultSettings = {};
  let requests = 0;
  let answers = 0;
  let seen = 0;
  let changes = 0;
  let expired = 0;
  const uses = new Map<string, number>();
  const { refuse, ...kinds } = createKinds(() => settings);
  return {
    ...kinds,
    get settings() {
      return settings;
    },
    set(value) {
      settings = value === null ? {} : GraphFaultSettings.parse(value);
      requests = 0;
      answers = 0;
      seen = 0;
      changes = 0;
      expired = 0;
      uses.clear();
    },
    takeChange() {
      const { changeWhileReading: change } = settings;
      seen++;
      if (change === undefined || changes >= change.times || seen % change.everyNth !== 0) return null;
      changes++;
      return change.changes;
    },
    takeExpiry() {
      const { expirePageTokens: expire = false } = settings;
      return expire === true || (typeof expire === 'number' && expired++ < expire);
    },
    challenge(token, now) {
      const { challengeAfter } = settings;
      if (challengeAfter !== undefined && countUse(uses, token) > challengeAfter) throw challenged(now);
    },
    async before(path, now, caller) {
      requests++;
      const { latencyMs, throttle, unavailableEveryNth, forbid, unlicensed } = settings;
      if (latencyMs !== undefined && latencyMs > 0) await sleep(latencyMs);
      if (throttle !== undefined && requests % throttle.everyNth === 0) throw throttled(throttle.retryAfter, now, caller);
      if (unavailableEveryNth !== undefined && requests % unavailableEveryNth === 0)
        throw new GraphErrorResponse(503, 'serviceNotAvailable', 'The service is temporarily unavailable.');
      if (forbid !== undefined && new RegExp(forbid, 'i').test(path)) throw accessDenied();
      if (unlicensed !== undefined && new RegExp(unlicensed, 'i').test(path))
        throw new GraphErrorResponse(403, NO_LICENCE.code, NO_LICENCE.message);
      refuse(path);
    },
    cut() {
      answers++;
      const isNth = (nth: number | undefined): boolean => nth !== undefined && answers % nth === 0;
      return isNth(settings.dropEveryNth) ? 'dropped' : isNth(settings.truncateEveryNth) ? 'truncated' : null;
    },
  };
}

function countUse(uses: Map<string, number>, token: string): number {
  const count = (uses.get(token) ?? 0) + 1;
  uses.set(token, count);
  return count;
}

/** The token was revoked: a newer one is required (Microsoft identity platform, "Claims challenges"). */
function challenged(now: Date): GraphErrorResponse {
  const nbf = { essential: true, value: String(Math.floor(now.getTime() / 1000)) };
  const claims = Buffer.from(JSON.stringify({ access_token: { nbf } })).toString('base64');
  return new GraphErrorResponse(
    401,
    'InvalidAuthenticationToken',
    'Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenCreatedWithOutdatedPolicies.',
    {
      'www-authenticate': `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="insufficient_claims", claims="${claims}"`,
    },
  );
}

/** Body and headers as in Graph's throttling guidance. */
export function throttled(retryAfter: number | 'date' | null, now: Date, { appid, tid }: Caller): GraphErrorResponse {
  const scope = {
    'x-ms-throttle-scope': `Tenant_Application/ReadWrite/${appid}/${tid}`,
    'x-ms-throttle-information': 'ResourceUnitLimitExceeded',
  };
  const after =
    retryAfter === null
      ? {}
      : { 'retry-after': retryAfter === 'date' ? new Date(now.getTime() + 1000).toUTCString() : String(retryAfter) };
  const inner = { code: '429', message: 'Please retry after', status: '429' };
  return new GraphErrorResponse(429, 'TooManyRequests', 'Please retry again later.', { ...scope, ...after }, inner);
}
