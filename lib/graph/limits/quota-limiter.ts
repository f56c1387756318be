import type { Quota } from '#lib/domain/run/graph-quota.ts';
import type { BucketLimit, Claim } from '#lib/domain/run/quota-bucket.ts';
import type { Clock } from '#lib/platform/clock.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Admission, Outcome, WaitMeter } from './admission.ts';
import { Concurrency } from './concurrency.ts';
import type { QuotaStore } from './quota-store.ts';
import { Pace } from './rate-controller.ts';

export interface LaneDeps {
  readonly store: QuotaStore;
  readonly clock: Clock;
  /** Bucket in the store. */
  readonly key: string;
  readonly quota: Quota;
  /** Whether answers tell how much of the quota is used. */
  readonly learns: boolean;
}

interface Waiter {
  readonly units: number;
  readonly meter: WaitMeter | undefined;
  held: boolean;
  readonly go: () => void;
}

/** Units are claimed for about this long ahead, seconds: rarely enough for a database, seldom enough to share fairly. */
const CLAIM_S = 0.1;
/** Shares are told with every answer; the pace is set anew no more often, milliseconds. */
const LEARN_MS = 100;
/** A pace that was never told to be too fast is raised by this much every LEARN_QUIET_MS. */
const RAISE = 1.04;
const LEARN_QUIET_MS = 250;
/** Answers in a row that were 429 before the whole lane waits: fewer are the service shedding load, not a quota that is spent. */
const SPENT_RUN = 3;
/** Less than this of the assumed quota is left and Graph doesn't tell of it: the true one is larger. */
const NEARLY_SPENT = 0.15;
/** Answers after such a wait that tell whether it helped. */
const PROBES = 3;
/** How long a learned limit may burst, seconds. */
const BURST_S = 0.25;
/** 429s alone (no share told) never slow the lane below this share of the documented quota. */
const BLIND_FLOOR = 1 / 8;

/** Requests of one quota class on their way out, in the order they came. */
export class Lane {
  readonly #deps: LaneDeps;
  #assumed: BucketLimit;
  readonly #concurrency: Concurrency;
  readonly #queue: Waiter[] = [];
  #claiming = false;
  #timer: NodeJS.Timeout | null = null;
  /** Claimed and not used. */
  #purse = 0;
  #unitsInFlight = 0;
  #last: Claim | null = null;
  readonly #pace = new Pace();
  /** Units a second; null = the documented ones, as nothing was told. */
  #perSecond: number | null = null;
  #pacedAt = 0;
  #blockedUntil = 0;
  #throttledRun = 0;
  /** Halves the waits of the lane: after them the next answers were 429 all the same. */
  #futile = 0;
  #probes = 0;

  constructor(deps: LaneDeps) {
    this.#deps = deps;
    const { capacity, windowMs, concurrencyMax } = deps.quota;
    this.#assumed = { capacity, perSecond: capacity / (windowMs / 1000) };
    this.#concurrency = new Concurrency(concurrencyMax);
  }

  admit(units: number, { signal, meter }: { readonly signal: AbortSignal; readonly meter?: WaitMeter }): Promise<Admission> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        const place = this.#queue.indexOf(waiter);
        if (place >= 0) this.#queue.splice(place, 1);
        this.#release(waiter);
        reject(new AppError({ code: 'aborted', title: 'Stopped.' }, { cause: signal.reason }));
        this.#pump();
      };
      const waiter: Waiter = {
        units,
        meter,
        held: false,
        go: () => {
          signal.removeEventListener('abort', onAbort);
          this.#release(waiter);
          resolve(this.#admission(units));
        },
      };
      if (signal.aborted) return onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      this.#queue.push(waiter);
      this.#pump();
    });
  }

  #admission(units: number): Admission {
    const bornAt = this.#now();
    let open = true;
    return {
      settle: (outcome) => {
        if (!open) return;
        open = false;
        this.#unitsInFlight -= units;
        // Graph's own account of the cost holds, where it gives one.
        this.#purse -= (outcome.units ?? units) - units;
        this.#concurrency.leave();
        this.#learn(outcome, bornAt);
        this.#pump();
      },
    };
  }

  /** Lets out whoever may go; claims, or comes back later, for the others. */
  #pump(): void {
    for (let head = this.#queue[0]; head !== undefined && this.#concurrency.hasRoom(); head = this.#queue[0]) {
      const blockedMs = this.#blockedUntil - this.#now();
      if (blockedMs > 0) this.#later(blockedMs);
      else if (this.#purse < head.units) this.#claim();
      else {
        this.#leave(head);
        continue;
      }
      return;
    }
  }

  #leave(head: Waiter): void {
    this.#purse -= head.units;
    this.#unitsInFlight += head.units;
    this.#concurrency.enter();
    this.#queue.shift();
    head.go();
  }

  #claim(): void {
    if (this.#timer !== null) this.#holdAll();
    if (this.#timer !== null || this.#claiming) return;
    this.#claiming = true;
    const { store, key } = this.#deps;
    const needed = (this.#queue[0]?.units ?? 0) - this.#purse;
    const ahead = Math.floor((this.#last?.perSecond ?? this.#assumed.perSecond) * CLAIM_S);
    void store
      .claim(key, { units: Math.max(needed, ahead), limit: this.#assumed })
      // Less than a whole tenth of a second may still be enough for the next request.
      .then((claim) => (claim.granted > 0 || ahead <= needed ? claim : store.claim(key, { units: needed, limit: this.#assumed })))
      .then((claim) => {
        this.#claiming = false;
        this.#last = claim;
        this.#purse += claim.granted;
        if (claim.granted > 0) this.#pump();
        else this.#later(claim.waitMs);
      });
  }

  #later(ms: number): void {
    this.#holdAll();
    this.#timer ??= setTimeout(
      () => {
        this.#timer = null;
        this.#pump();
      },
      Math.max(1, ms),
    );
  }

  #holdAll(): void {
    for (const waiter of this.#queue) {
      if (waiter.held) continue;
      waiter.held = true;
      waiter.meter?.begin();
    }
  }

  #release(waiter: Waiter): void {
    if (!waiter.held) return;
    waiter.held = false;
    waiter.meter?.end();
  }

  #learn({ passed, throttled, retryAfterMs, share }: Outcome, bornAt: number): void {
    if (passed + throttled === 0) return;
    this.#concurrency.answered({ throttled: throttled > 0, nearLimit: share !== null, now: this.#now() });
    this.#throttledRun = passed > 0 ? (throttled > passed ? throttled : 0) : this.#throttledRun + throttled;
    this.#judgeWait(throttled > 0, bornAt);
    if (share !== null) this.#learnFrom(share);
    else if (throttled === 0) this.#raise();
    if (throttled > 0 && this.#throttledRun >= (this.#deps.learns ? SPENT_RUN : 1)) this.#wait(retryAfterMs);
  }

  /** Whether the last wait of the lane was of any use, by the first answers to what left after it. */
  #judgeWait(throttled: boolean, bornAt: number): void {
    if (this.#probes === 0 || bornAt < this.#blockedUntil) return;
    this.#probes--;
    if (throttled) {
      this.#futile = Math.min(this.#futile + 1, 10);
      this.#probes = 0;
      if (this.#deps.learns) this.#forget();
    } else if (this.#probes === 0) this.#futile = 0;
  }

  /** The quota is spent: nobody goes for as long as Graph says. */
  #wait(retryAfterMs: number | null): void {
    const now = this.#now();
    if (this.#blockedUntil > now) return;
    const { quota, learns, store, key } = this.#deps;
    const toldMs = retryAfterMs ?? quota.silentRetryMs ?? 1000;
    const blockedMs = toldMs / 2 ** this.#futile;
    this.#blockedUntil = now + blockedMs;
    this.#probes = PROBES;
    this.#throttledRun = 0;
    if (this.#futile > 0) return;
    const perSecond = learns ? this.#slower() : this.#assumed.perSecond;
    if (learns) this.#perSecond = perSecond;
    this.#pacedAt = now;
    this.#purse = 0;
    const limit = { capacity: learns ? Math.max(1, perSecond * BURST_S) : 1, perSecond };
    void store.tell(key, { blockedMs, limit });
  }

  /** 429s that tell no share: slower than now, but not below BLIND_FLOOR. */
  #slower(): number {
    const now = this.#perSecond ?? this.#assumed.perSecond;
    return Math.max(now * 0.7, Math.min(now, this.#assumed.perSecond * BLIND_FLOOR));
  }

  #learnFrom(share: number): void {
    const now = this.#now();
    const last = this.#last;
    if (!this.#deps.learns || last === null) return;
    // What is under way is half counted: Graph has seen some of it.
    const spent = Math.max(0, last.spent - this.#purse - this.#unitsInFlight / 2);
    const perSecond = this.#pace.see({ share, spent, sinceMs: last.sinceMs, atMs: now });
    if (perSecond !== null && (this.#perSecond === null || now - this.#pacedAt >= LEARN_MS)) this.#setPace(perSecond);
  }

  /** No share told: less than 0.8 is in use. */
  #raise(): void {
    if (!this.#deps.learns) return;
    if (this.#perSecond === null) {
      if ((this.#last?.left ?? 1) < NEARLY_SPENT) this.#enlarge();
    } else if (this.#now() - this.#pacedAt >= LEARN_QUIET_MS) this.#setPace(this.#perSecond * RAISE);
  }

  #enlarge(): void {
    const { capacity, perSecond } = this.#assumed;
    this.#assumed = { capacity: capacity * 2, perSecond: perSecond * 2 };
    this.#forget();
  }

  /** Back to what was assumed: what was learned since isn't so. */
  #forget(): void {
    this.#perSecond = null;
    if (this.#last !== null) this.#last = { ...this.#last, left: 1 };
    void this.#deps.store.tell(this.#deps.key, { limit: this.#assumed, refill: true });
  }

  #setPace(perSecond: number): void {
    this.#perSecond = perSecond;
    this.#pacedAt = this.#now();
    const capacity = Math.max(1, perSecond * BURST_S);
    this.#purse = Math.min(this.#purse, capacity);
    void this.#deps.store.tell(this.#deps.key, { limit: { capacity, perSecond } });
  }

  #now(): number {
    return this.#deps.clock.now().getTime();
  }
}
