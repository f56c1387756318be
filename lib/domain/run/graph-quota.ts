/** Quota classes of requests to Graph (Graph doc "Microsoft Graph service-specific throttling limits"). */
export const QUOTA_CLASSES = [
  'directory',
  'reports',
  'sign-in-activity',
  'identity-protection',
  'identity-providers',
  'other',
] as const;
export type QuotaClass = (typeof QUOTA_CLASSES)[number];

/** Tenant size in the throttling limits: fewer than 50 users, up to 500, more. */
export type TenantSize = 'S' | 'M' | 'L';

/** Units that one request consumes of a quota. */
export interface Charge {
  readonly quotaClass: QuotaClass;
  /** Resource units in the directory class, requests in the others. */
  readonly units: number;
}

export interface Quota {
  /** Units (`directory`: resource units, else requests) per window; they may be spent at once. */
  readonly capacity: number;
  readonly windowMs: number;
  /** Whether all applications of a tenant share it. */
  readonly perTenant: boolean;
  /** Maximum number of concurrent requests. */
  readonly concurrencyMax: number;
  /** Wait after a 429 without Retry-After, milliseconds; null where the services send Retry-After. */
  readonly silentRetryMs: number | null;
}

const DIRECTORY_UNITS = { S: 3500, M: 5000, L: 8000 } satisfies Record<TenantSize, number>;

const FIXED = {
  reports: { capacity: 5, windowMs: 10_000, perTenant: false, concurrencyMax: 8, silentRetryMs: null },
  'sign-in-activity': { capacity: 10, windowMs: 60_000, perTenant: false, concurrencyMax: 4, silentRetryMs: null },
  'identity-protection': { capacity: 1, windowMs: 1000, perTenant: true, concurrencyMax: 4, silentRetryMs: 1000 },
  'identity-providers': { capacity: 200, windowMs: 60_000, perTenant: false, concurrencyMax: 4, silentRetryMs: null },
  // 130,000 requests in 10 s per application across all tenants: a single run never reaches it.
  other: { capacity: 130_000, windowMs: 10_000, perTenant: false, concurrencyMax: 8, silentRetryMs: null },
} satisfies Record<Exclude<QuotaClass, 'directory'>, Quota>;

/** Display names of quota classes. */
export const QUOTA_CLASS_LABEL = {
  directory: 'the directory',
  reports: 'reports, logs and authentication methods',
  'sign-in-activity': 'sign-in activity',
  'identity-protection': 'identity protection and conditional access',
  'identity-providers': 'identity providers and user flows',
  other: 'this service',
} satisfies Record<QuotaClass, string>;

/** The documented quota of a class; that of `directory` depends on the tenant size. */
export function quotaOf(quotaClass: QuotaClass, size: TenantSize): Quota {
  if (quotaClass !== 'directory') return FIXED[quotaClass];
  return { capacity: DIRECTORY_UNITS[size], windowMs: 10_000, perTenant: false, concurrencyMax: 32, silentRetryMs: null };
}

/** Whose quotas these are: one app registration in one tenant of one cloud. */
export interface QuotaScope {
  readonly graphOrigin: string;
  readonly tenantId: string;
  readonly clientId: string;
}

/** Key of a quota's bucket in a store. */
export function quotaKeyOf({ graphOrigin, tenantId, clientId }: QuotaScope, quotaClass: QuotaClass): string {
  // Whether a tenant's applications share a quota does not depend on its size.
  return `${graphOrigin} ${tenantId} ${quotaOf(quotaClass, 'L').perTenant ? '*' : clientId} ${quotaClass}`;
}

export function tenantSizeOf(users: number): TenantSize {
  return users < 50 ? 'S' : users <= 500 ? 'M' : 'L';
}

/** Base cost in resource units; all other requests cost 1 (same doc, "Identity and access service limits"). */
const COSTS: readonly (readonly [RegExp, number])[] = [
  [/^groups\/[^/]+\/transitivemembers$/, 5],
  [/^domains\/[^/]+\/domainnamereferences$/, 4],
  [/^groups\/[^/]+\/members$/, 3],
  [/^(subscribedskus|contracts)$/, 3],
  [/^(users|applications|oauth2permissiongrants)$/, 2],
  [/^serviceprincipals\/[^/]+\/approleassignments$/, 2],
  [/^applications\/[^/]+\/extensionproperties$/, 2],
  [/^users\/[^/]+\/(licensedetails|memberof|ownedobjects|transitivememberof)$/, 2],
];

const CLASSES: readonly (readonly [RegExp, QuotaClass])[] = [
  [/^auditlogs\//, 'reports'],
  [/^reports\//, 'reports'],
  [/^users\/[^/]+\/authentication\//, 'reports'],
  [/^identityprotection\//, 'identity-protection'],
  [/^identity\/conditionalaccess\//, 'identity-protection'],
  [/^identity\/(identityproviders|b2xuserflows|apiconnectors)/, 'identity-providers'],
];

/** Requests that select or filter by sign-in activity have a quota of their own. */
const ACTIVITY = /\bsigninactivity\b/i;

/**
 * The quota and units that a request consumes: `$select` and a `$top` below 20 save one unit each, `$expand` costs one; the minimum is 1.
 * @param url absolute, or path and query below the Graph base URL.
 */
export function chargeOf(url: string): Charge {
  const { path, query } = splitUrl(url);
  if (/^users(\/|$)/.test(path) && ACTIVITY.test(query)) return { quotaClass: 'sign-in-activity', units: 1 };
  const quotaClass = CLASSES.find(([pattern]) => pattern.test(path))?.[1] ?? 'directory';
  return quotaClass === 'directory' ? { quotaClass, units: unitsOf(path, query) } : { quotaClass, units: 1 };
}

function unitsOf(path: string, query: string): number {
  const has = (option: string): boolean => new RegExp(`(^|&)(\\$|%24)?${option}=`, 'i').test(query);
  // A separate row in the table: 5, or 2 with $select.
  if (path === 'directoryobjects/getbyids') return has('select') ? 2 : 5;
  const base = COSTS.find(([pattern]) => pattern.test(path))?.[1] ?? 1;
  const top = /(?:^|&)(?:\$|%24)?top=(\d+)/i.exec(query)?.[1];
  const few = top !== undefined && Number(top) < 20;
  return Math.max(1, base - (has('select') ? 1 : 0) + (has('expand') ? 1 : 0) - (few ? 1 : 0));
}

function splitUrl(url: string): { readonly path: string; readonly query: string } {
  const below = url.replace(/^https?:\/\/[^/]+/i, '').replace(/^\/(v1\.0|beta)(?=\/|$)/i, '');
  const mark = below.indexOf('?');
  const path = (mark < 0 ? below : below.slice(0, mark)).replace(/^\/+/, '').toLowerCase();
  return { path, query: mark < 0 ? '' : safeDecode(below.slice(mark + 1)) };
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
