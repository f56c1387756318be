import {
  QUOTA_CLASS_LABEL,
  type QuotaClass,
  type QuotaScope,
  quotaKeyOf,
  quotaOf,
  type TenantSize,
} from '#lib/domain/run/graph-quota.ts';
import type { Clock } from '#lib/platform/clock.ts';
import type { RequestLimiter } from './admission.ts';
import { QuotaLimiter } from './quota-limiter.ts';
import { type QuotaStore, withMemoryFallback } from './quota-store.ts';

/** All throttles of a process: every run gets the same throttle for the same scope. */
export interface RequestLimiters {
  of(scope: QuotaScope): RequestLimiter;
}

export function createRequestLimiters(deps: { readonly store: QuotaStore; readonly clock: Clock }): RequestLimiters {
  const known = new Map<string, RequestLimiter>();
  return {
    of(scope) {
      const key = JSON.stringify(scope);
      const found = known.get(key) ?? createRequestLimiter({ ...deps, scope });
      known.set(key, found);
      return found;
    },
  };
}

/**
 * One limiter for each quota class: adaptive concurrency (additive increase, multiplicative decrease), a token bucket shared through `store`,
 * and the waits that Graph names.
 */
export function createRequestLimiter(deps: {
  readonly store: QuotaStore;
  readonly clock: Clock;
  readonly scope: QuotaScope;
  /** Decides the quota that is assumed until answers report utilisation. */
  readonly size?: TenantSize;
}): RequestLimiter {
  const { clock, scope, size = 'L' } = deps;
  const store = withMemoryFallback(deps.store, clock);
  const limiters = new Map<QuotaClass, QuotaLimiter>();
  const limiterOf = (quotaClass: QuotaClass): QuotaLimiter => {
    const known = limiters.get(quotaClass);
    if (known !== undefined) return known;
    const quota = quotaOf(quotaClass, size);
    const key = quotaKeyOf(scope, quotaClass);
    const label = QUOTA_CLASS_LABEL[quotaClass];
    const limiter = new QuotaLimiter({ store, clock, key, label, quota, reportsUtilisation: quotaClass === 'directory' });
    limiters.set(quotaClass, limiter);
    return limiter;
  };
  return { admit: ({ quotaClass, units }, options) => limiterOf(quotaClass).admit(units, options) };
}
