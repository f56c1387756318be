import type { Query } from './odata/query.ts';

/** Length of all windows except that of sign-in activity, seconds. */
const WINDOW_SECONDS = 10;

/** Base cost in resource units; default 1 (Graph doc "Throttling limits", identity and access). */
const COSTS: readonly (readonly [RegExp, number])[] = [
  [/^groups\/[^/]+\/transitivemembers$/, 5],
  [/^groups\/[^/]+\/members$/, 3],
  [/^(subscribedskus|contracts)$/, 3],
  [/^(users|applications|oauth2permissiongrants)$/, 2],
  [/^serviceprincipals\/[^/]+\/approleassignments$/, 2],
  [/^users\/[^/]+\/(licensedetails|memberof|ownedobjects|transitivememberof)$/, 2],
];

/** Resource units of a directory request: `$select` and a small `$top` save one each, `$expand` costs one, minimum 1. */
export function resourceUnits(path: string, { select, expand, top }: Query): number {
  const lower = path.toLowerCase();
  // A separate row in the table: 5, or 2 with $select.
  if (lower === 'directoryobjects/getbyids') return select === null ? 5 : 2;
  const base = COSTS.find(([pattern]) => pattern.test(lower))?.[1] ?? 1;
  return Math.max(1, base - (select === null ? 0 : 1) + (expand === null ? 0 : 1) - (top !== null && top < 20 ? 1 : 0));
}

/** Reports, logs and authentication methods have separate quotas. */
export function isReport(path: string): boolean {
  return /^(auditlogs\/|reports\/|users\/[^/]+\/authentication\/)/i.test(path);
}

/** Whether sign-in activity is selected, or filtered by. */
export function readsSignInActivity({ select, filter }: Query): boolean {
  const names = [...(select ?? []), ...(filter?.uses.map((use) => use.property) ?? [])];
  return names.some((name) => name.toLowerCase() === 'signinactivity');
}

export interface Charge {
  readonly path: string;
  readonly query: Query;
  /** Application: each has its own buckets. */
  readonly appId: string;
  readonly now: Date;
  readonly actual: ActualLimits;
}

/** Limits of a tenant that differ from the documented ones; tenants with far higher limits have been observed. */
export interface ActualLimits {
  /** Reports, logs and authentication methods per 10 s. */
  readonly reports?: number | undefined;
}

export interface Quota {
  /** Charges a request. `utilisation`: fraction of the quota in use. `waitSeconds`: null when granted, else seconds to wait. */
  charge(charge: Charge): { readonly utilisation: number; readonly waitSeconds: number | null };
}

/** The documented token buckets of a tenant with `users` users: S, M and L by size; reports and sign-in activity separately. */
export function createQuota(users: number): Quota {
  const directory = users < 50 ? 3500 : users <= 500 ? 5000 : 8000;
  const buckets = new Map<string, { level: number; at: number }>();
  const take = (name: string, capacity: number, seconds: number, units: number, nowMs: number) => {
    const known = buckets.get(name) ?? { level: capacity, at: nowMs };
    const perMs = capacity / (seconds * 1000);
    const level = Math.min(capacity, known.level + Math.max(0, nowMs - known.at) * perMs);
    const granted = level >= units;
    const left = granted ? level - units : level;
    buckets.set(name, { level: left, at: nowMs });
    return {
      utilisation: granted ? 1 - left / capacity : 1 + (units - level) / capacity,
      waitSeconds: granted ? null : Math.max(1, Math.ceil((units - level) / perMs / 1000)),
    };
  };
  return {
    charge({ path, query, appId, now, actual }) {
      if (isReport(path)) return take(`reports ${appId}`, actual.reports ?? 5, WINDOW_SECONDS, 1, now.getTime());
      if (readsSignInActivity(query)) return take(`activity ${appId}`, 10, 60, 1, now.getTime());
      return take(`directory ${appId}`, directory, WINDOW_SECONDS, resourceUnits(path, query), now.getTime());
    },
  };
}
