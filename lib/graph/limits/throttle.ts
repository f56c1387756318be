import { type QuotaClass, quotaOf, type TenantSize } from '#lib/domain/run/graph-quota.ts';
import type { Clock } from '#lib/platform/clock.ts';
import type { Throttle } from './admission.ts';
import { Lane } from './quota-limiter.ts';
import { orMemory, type QuotaStore } from './quota-store.ts';

/** Whose quotas: one app registration in one tenant of one cloud. */
export interface QuotaScope {
  readonly graphOrigin: string;
  readonly tenantId: string;
  readonly clientId: string;
}

/** All throttles of a process: the same scope has the same one, whichever run asks. */
export interface Throttles {
  of(scope: QuotaScope): Throttle;
}

export function createThrottles(deps: { readonly store: QuotaStore; readonly clock: Clock }): Throttles {
  const known = new Map<string, Throttle>();
  return {
    of(scope) {
      const key = JSON.stringify(scope);
      const found = known.get(key) ?? createThrottle({ ...deps, scope });
      known.set(key, found);
      return found;
    },
  };
}

/**
 * One lane for each quota class: adaptive concurrency (additive increase, multiplicative decrease), a token bucket shared through `store`,
 * and the waits that Graph names.
 */
export function createThrottle(deps: {
  readonly store: QuotaStore;
  readonly clock: Clock;
  readonly scope: QuotaScope;
  /** Assumed until answers teach better. */
  readonly size?: TenantSize;
}): Throttle {
  const { clock, scope, size = 'L' } = deps;
  const store = orMemory(deps.store, clock);
  const lanes = new Map<QuotaClass, Lane>();
  const laneOf = (quotaClass: QuotaClass): Lane => {
    const known = lanes.get(quotaClass);
    if (known !== undefined) return known;
    const quota = quotaOf(quotaClass, size);
    const app = quota.perTenant ? '*' : scope.clientId;
    const key = `${scope.graphOrigin} ${scope.tenantId} ${app} ${quotaClass}`;
    const lane = new Lane({ store, clock, key, quota, learns: quotaClass === 'directory' });
    lanes.set(quotaClass, lane);
    return lane;
  };
  return { admit: ({ quotaClass, units }, options) => laneOf(quotaClass).admit(units, options) };
}
