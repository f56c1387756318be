import type { Quota } from '#lib/domain/run/graph-quota.ts';
import type { BucketLimit, ClaimResult } from '#lib/domain/run/quota-bucket.ts';
import type { Clock } from '#lib/platform/clock.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Admission, AdmitOptions, Outcome, WaitMeter, WaitReporter } from './admission.ts';
import { Concurrency } from './concurrency.ts';
import { ProbedRate } from './probed-rate.ts';
import type { QuotaStore } from './quota-store.ts';
import { RateController } from './rate-controller.ts';

export interface QuotaLimiterDeps {
  readonly store: QuotaStore;
  readonly clock: Clock;
  /** Key of the bucket in the store. */
  readonly key: string;
  /** Display name of the quota. */
  readonly label: string;
  readonly quota: Quota;
  /** Whether Graph reports the utilisation of this quota (`x-ms-throttle-limit-percentage`). */
  readonly reportsUtilisation: boolean;
}

interface QueuedRequest {
  readonly units: number;
  readonly meter: WaitMeter | undefined;
  readonly waits: WaitReporter | undefined;
  /** Ends the wait that was reported last; `reportedUntil` is when it ends without a call. */
  endWait: (() => void) | undefined;
  reportedUntil: number;
  /** Whether `meter` measures its wait. */
  isMetered: boolean;
  readonly admit: () => void;
}

/** A claim covers about this much time at the current rate, seconds: it spares the store round trips, and is short enough to share fairly. */
const CLAIM_S = 0.1;
/** Least time between two changes of the rate that reported utilisation causes, milliseconds. */
const RATE_UPDATE_MS = 100;
/** While Graph reports no utilisation, the rate grows by this factor every RATE_INCREASE_MS. */
const RATE_INCREASE = 1.04;
const RATE_INCREASE_MS = 250;
/** Consecutive 429s after which the quota counts as spent and all requests wait. Fewer are a service that sheds load. */
const CONSECUTIVE_429_MAX = 3;
/** When less than this fraction of the assumed quota remains and Graph reports no utilisation, the true quota is larger. */
const NEARLY_SPENT = 0.15;
/** Number of answers after a wait that decide whether the wait helped. */
const WAIT_PROBES = 3;
/** A learned limit allows bursts of this length, seconds. */
const BURST_S = 0.25;
/** How long the rate of a quota without reported utilisation is remembered, milliseconds: it is the tenant's. */
const REMEMBERED_MS = 7 * 24 * 3_600_000;
/** A smaller change of that rate is not written, fraction of the rate. */
const RATE_STEP = 0.02;
/** Without reported utilisation, 429s reduce the rate to no less than this fraction of the assumed rate. */
const UNREPORTED_RATE_MIN = 1 / 8;

/** Shorter waits are not reported, milliseconds. */
const REPORTED_FROM_MS = 2000;
/** An end of a wait that moved by less is not reported again, milliseconds. */
const REPORTED_STEP_MS = 5000;

/** Admits the requests of one quota class in the order in which they came. */
export class QuotaLimiter {
  readonly #deps: QuotaLimiterDeps;
  #assumed: BucketLimit;
  readonly #concurrency: Concurrency;
  readonly #queue: QueuedRequest[] = [];
  #isClaiming = false;
  #timer: NodeJS.Timeout | null = null;
  /** When the timer fires, milliseconds. */
  #heldUntil = 0;
  /** Units that were claimed from the store and not yet used. */
  #claimedUnits = 0;
  #unitsInFlight = 0;
  #lastClaim: ClaimResult | null = null;
  readonly #rateController = new RateController();
  readonly #probedRate: ProbedRate;
  /** Learned rate, units a second; null = nothing was learned, the assumed rate holds. */
  #learnedRate: number | null = null;
  #rateSetAt = 0;
  #blockedUntil = 0;
  #consecutive429s = 0;
  /** Waits after which the next answers were 429 again; each halves the next wait. */
  #ineffectiveWaits = 0;
  #probesLeft = 0;

  constructor(deps: QuotaLimiterDeps) {
    this.#deps = deps;
    const { capacity, windowMs, concurrencyMax } = deps.quota;
    this.#assumed = { capacity, perSecond: capacity / (windowMs / 1000) };
    this.#concurrency = new Concurrency(concurrencyMax);
    this.#probedRate = new ProbedRate(this.#assumed.perSecond, windowMs);
  }

  /** Resolves when a request of `units` may be sent. @throws AppError `aborted` when `signal` aborts before that. */
  admit(units: number, { signal, meter, waits }: AdmitOptions): Promise<Admission> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        const index = this.#queue.indexOf(request);
        if (index >= 0) this.#queue.splice(index, 1);
        this.#endMeter(request);
        reject(new AppError({ code: 'aborted', title: 'Stopped.' }, { cause: signal.reason }));
        this.#dispatch();
      };
      const request: QueuedRequest = {
        units,
        meter,
        waits,
        endWait: undefined,
        reportedUntil: 0,
        isMetered: false,
        admit: () => {
          signal.removeEventListener('abort', onAbort);
          const waited = request.isMetered;
          this.#endMeter(request);
          resolve(this.#createAdmission(units, waited));
        },
      };
      if (signal.aborted) return onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      this.#queue.push(request);
      this.#dispatch();
    });
  }

  /** @param waited whether the request was held back to keep the rate. */
  #createAdmission(units: number, waited: boolean): Admission {
    const admittedAt = this.#now();
    let isOpen = true;
    return {
      settle: (outcome) => {
        if (!isOpen) return;
        isOpen = false;
        this.#unitsInFlight -= units;
        // The cost that Graph reports replaces the estimate.
        this.#claimedUnits -= (outcome.units ?? units) - units;
        this.#concurrency.leave();
        this.#observe(outcome, { admittedAt, waited, units });
        this.#dispatch();
      },
    };
  }

  /** Admits queued requests while units and concurrency allow; otherwise claims units or sets a timer. */
  #dispatch(): void {
    for (let head = this.#queue[0]; head !== undefined && this.#concurrency.hasRoom(); head = this.#queue[0]) {
      const blockedMs = this.#blockedUntil - this.#now();
      if (blockedMs > 0) this.#dispatchLater(blockedMs);
      else if (this.#claimedUnits < head.units) this.#claim();
      else {
        this.#admitHead(head);
        continue;
      }
      return;
    }
  }

  #admitHead(head: QueuedRequest): void {
    this.#claimedUnits -= head.units;
    this.#unitsInFlight += head.units;
    this.#concurrency.enter();
    this.#queue.shift();
    head.admit();
  }

  #claim(): void {
    if (this.#timer !== null) {
      this.#beginMeters();
      this.#reportWaits();
    }
    if (this.#timer !== null || this.#isClaiming) return;
    this.#isClaiming = true;
    const { store, key } = this.#deps;
    const needed = (this.#queue[0]?.units ?? 0) - this.#claimedUnits;
    const ahead = Math.floor((this.#lastClaim?.perSecond ?? this.#assumed.perSecond) * CLAIM_S);
    void store
      .claim(key, { units: Math.max(needed, ahead), limit: this.#assumed })
      // When the bucket holds less than CLAIM_S of units, it may still hold enough for the next request.
      .then((claim) => (claim.granted > 0 || ahead <= needed ? claim : store.claim(key, { units: needed, limit: this.#assumed })))
      .then((claim) => {
        this.#isClaiming = false;
        this.#adoptRate(claim);
        this.#lastClaim = claim;
        this.#claimedUnits += claim.granted;
        if (claim.granted > 0) this.#dispatch();
        else this.#dispatchLater(claim.waitMs);
      });
  }

  /** Without reported utilisation, a rate that changed in the store is what this process has written, or another one has learned. */
  #adoptRate({ perSecond }: ClaimResult): void {
    if (!this.#deps.reportsUtilisation && perSecond !== this.#lastClaim?.perSecond) this.#learnedRate = perSecond;
  }

  #dispatchLater(ms: number): void {
    if (this.#timer === null) this.#heldUntil = this.#now() + ms;
    this.#beginMeters();
    this.#reportWaits();
    this.#timer ??= setTimeout(
      () => {
        this.#timer = null;
        this.#dispatch();
      },
      Math.max(1, ms),
    );
  }

  #beginMeters(): void {
    for (const request of this.#queue) {
      if (request.isMetered) continue;
      request.isMetered = true;
      request.meter?.begin();
    }
  }

  /** Reports which requests have to wait for seconds, and until when; shorter waits only keep the rate. */
  #reportWaits(): void {
    const now = this.#now();
    const { perSecond } = this.#lastClaim ?? this.#assumed;
    let unitsAhead = -this.#claimedUnits;
    for (const request of this.#queue) {
      unitsAhead += request.units;
      const until = Math.max(this.#heldUntil, this.#heldUntil + ((unitsAhead - (this.#queue[0]?.units ?? 0)) / perSecond) * 1000);
      if (until - now < REPORTED_FROM_MS || Math.abs(until - request.reportedUntil) < REPORTED_STEP_MS) continue;
      request.reportedUntil = until;
      const endWait = request.waits?.begin({ kind: 'quota', text: this.#waitText(perSecond) }, new Date(until));
      request.endWait?.();
      request.endWait = endWait;
    }
  }

  #waitText(perSecond: number): string {
    const rate = Number(perSecond.toPrecision(2));
    return `Graph allows no more requests for ${this.#deps.label} at the moment, only about ${rate} a second.`;
  }

  #endMeter(request: QueuedRequest): void {
    request.endWait?.();
    request.endWait = undefined;
    if (!request.isMetered) return;
    request.isMetered = false;
    request.meter?.end();
  }

  #observe(
    { passed, throttled, retryAfterMs, utilisation }: Outcome,
    { admittedAt, waited, units }: { readonly admittedAt: number; readonly waited: boolean; readonly units: number },
  ): void {
    if (passed + throttled === 0) return;
    this.#concurrency.answered({ throttled: throttled > 0, nearLimit: utilisation !== null, now: this.#now() });
    this.#consecutive429s = passed > 0 ? (throttled > passed ? throttled : 0) : this.#consecutive429s + throttled;
    this.#assessWait(throttled > 0, admittedAt);
    if (!this.#deps.reportsUtilisation) this.#probe(units * (passed / (passed + throttled)), waited && throttled === 0);
    else if (utilisation !== null) this.#adjustRate(utilisation);
    else if (throttled === 0) this.#increaseRate();
    // Without reported utilisation, one refused item of a batch says that the quota is spent.
    if (throttled > 0 && (!this.#deps.reportsUtilisation || this.#consecutive429s >= CONSECUTIVE_429_MAX)) {
      this.#block(retryAfterMs);
    }
  }

  /** Decides from the first answers after a wait whether the wait helped. */
  #assessWait(throttled: boolean, admittedAt: number): void {
    if (this.#probesLeft === 0 || admittedAt < this.#blockedUntil) return;
    this.#probesLeft--;
    if (throttled) {
      this.#ineffectiveWaits = Math.min(this.#ineffectiveWaits + 1, 10);
      this.#probesLeft = 0;
      if (this.#deps.reportsUtilisation) this.#resetLearnedLimit();
    } else if (this.#probesLeft === 0) this.#ineffectiveWaits = 0;
  }

  /** The quota is spent: admits nothing for the time that Graph names (halved for each ineffective wait before). */
  #block(retryAfterMs: number | null): void {
    const now = this.#now();
    if (this.#blockedUntil > now) return;
    const { quota, reportsUtilisation, store, key } = this.#deps;
    const namedMs = retryAfterMs ?? quota.silentRetryMs ?? 1000;
    const blockedMs = namedMs / 2 ** this.#ineffectiveWaits;
    this.#blockedUntil = now + blockedMs;
    this.#probesLeft = WAIT_PROBES;
    this.#consecutive429s = 0;
    if (this.#ineffectiveWaits > 0) return;
    const perSecond = reportsUtilisation
      ? this.#reducedRate()
      : this.#probedRate.afterRefusal({ atMs: now, rate: this.#currentRate() });
    this.#learnedRate = perSecond;
    this.#rateSetAt = now;
    this.#claimedUnits = 0;
    const limit = { capacity: Math.max(1, perSecond * BURST_S), perSecond };
    void store.update(key, { blockedMs, limit, ...(reportsUtilisation ? {} : { learnedMs: REMEMBERED_MS }) });
  }

  /** The rate after 429s without reported utilisation: 70 %, but not below UNREPORTED_RATE_MIN. */
  #reducedRate(): number {
    const now = this.#learnedRate ?? this.#assumed.perSecond;
    return Math.max(now * 0.7, Math.min(now, this.#assumed.perSecond * UNREPORTED_RATE_MIN));
  }

  /** An answer of a quota without reported utilisation: while none is refused, the rate grows. */
  #probe(units: number, isLimited: boolean): void {
    const rate = this.#currentRate();
    const next = this.#probedRate.afterAnswer({ units, atMs: this.#now(), rate, isLimited });
    if (next === rate) return;
    this.#learnedRate = next;
    if (next > (this.#lastClaim?.perSecond ?? this.#assumed.perSecond) * (1 + RATE_STEP)) this.#setRate(next, REMEMBERED_MS);
  }

  /** Of a quota without reported utilisation: what was learned here, or what another process has learned. */
  #currentRate(): number {
    return this.#learnedRate ?? this.#lastClaim?.perSecond ?? this.#assumed.perSecond;
  }

  #adjustRate(utilisation: number): void {
    const now = this.#now();
    const claim = this.#lastClaim;
    if (claim === null) return;
    // Units in flight count half: Graph has counted some of these requests.
    const spent = Math.max(0, claim.spent - this.#claimedUnits - this.#unitsInFlight / 2);
    const rate = this.#rateController.addSample({ utilisation, spent, sinceMs: claim.sinceMs, atMs: now });
    if (rate !== null && (this.#learnedRate === null || now - this.#rateSetAt >= RATE_UPDATE_MS)) this.#setRate(rate);
  }

  /** An answer without reported utilisation: it is below 0.8. */
  #increaseRate(): void {
    if (this.#learnedRate === null) {
      if ((this.#lastClaim?.remaining ?? 1) < NEARLY_SPENT) this.#doubleAssumedQuota();
    } else if (this.#now() - this.#rateSetAt >= RATE_INCREASE_MS) this.#setRate(this.#learnedRate * RATE_INCREASE);
  }

  #doubleAssumedQuota(): void {
    const { capacity, perSecond } = this.#assumed;
    this.#assumed = { capacity: capacity * 2, perSecond: perSecond * 2 };
    this.#resetLearnedLimit();
  }

  #resetLearnedLimit(): void {
    this.#learnedRate = null;
    if (this.#lastClaim !== null) this.#lastClaim = { ...this.#lastClaim, remaining: 1 };
    void this.#deps.store.update(this.#deps.key, { limit: this.#assumed, refill: true });
  }

  #setRate(perSecond: number, learnedMs?: number): void {
    this.#learnedRate = perSecond;
    this.#rateSetAt = this.#now();
    const capacity = Math.max(1, perSecond * BURST_S);
    this.#claimedUnits = Math.min(this.#claimedUnits, capacity);
    void this.#deps.store.update(this.#deps.key, {
      limit: { capacity, perSecond },
      ...(learnedMs === undefined ? {} : { learnedMs }),
    });
  }

  #now(): number {
    return this.#deps.clock.now().getTime();
  }
}
