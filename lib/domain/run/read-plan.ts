import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { CHAINS_MAX, partRowsMax, splitRulesOf } from '#lib/domain/dataset/partition.ts';
import { estimateRunSeconds } from './dataset-concurrency.ts';
import { type DominantRead, dominantRead, type QuotaUse } from './dominant-read.ts';
import { type Charge, chargeOf, type QuotaClass, quotaOf, type TenantSize, tenantSizeOf } from './graph-quota.ts';
import type { BucketLimit } from './quota-bucket.ts';
import { alternativeSentence, type ReadAlternative, reportInsteadOf } from './read-alternative.ts';

/** How a dataset is read: one request, a chain of pages, parts in parallel, or batches of children of the parents. */
export type RequestPattern = 'one-request' | 'pages' | 'parts' | 'batches';

/** Counts from before the reload. */
export interface DatasetFacts {
  /** `$count` of the dataset's rows; null where Graph does not count. */
  readonly rows: number | null;
  /** For a relationship: number of parents. For a child dataset: number of objects whose items are its rows. */
  readonly parents: number | null;
}

/** Requests that a reload of one dataset will make. Null = unknown before the reload. */
export interface DatasetReadPlan {
  readonly name: string;
  readonly title: string;
  readonly pattern: RequestPattern;
  readonly rows: number | null;
  readonly parents: number | null;
  /** Rows per page; null: the server decides. */
  readonly pageSize: number | null;
  /** Names in `$select`; null: the resource does not support it. */
  readonly select: readonly string[] | null;
  /** Property by which parts are split. */
  readonly splitBy: string | null;
  /** Chains of pages that are read in parallel. */
  readonly chains: number;
  readonly requests: number | null;
  readonly quotaClass: QuotaClass;
  /** Resource units in the directory class, requests in the others. */
  readonly units: number | null;
  /** Expected duration of the dataset alone, seconds. */
  readonly seconds: number | null;
  /** What limits the speed. */
  readonly boundBy: 'quota' | 'latency' | 'rows';
  /** A cheaper way to most of the same; null: none is known. */
  readonly alternative: ReadAlternative | null;
  readonly notes: readonly string[];
}

export interface ReadPlan {
  readonly tenantSize: TenantSize;
  readonly users: number | null;
  readonly latencyMs: number;
  /** Longest duration first, unknown durations last. */
  readonly datasets: readonly DatasetReadPlan[];
  /** The read that takes most of the time; null when no read does, or when the reload is short. */
  readonly dominant: DominantRead | null;
  readonly quotas: readonly QuotaUse[];
  readonly requests: number;
  /** Duration of all datasets, some in parallel, seconds. Excludes datasets of unknown duration. */
  readonly seconds: number;
}

export interface PlanFacts {
  /** Users of the tenant, which determine its quota; null = unknown: assumed to be a large tenant. */
  readonly users: number | null;
  /** Measured duration of one request. */
  readonly latencyMs: number;
  readonly facts: readonly DatasetFacts[];
}

/** Quotas that were learned from answers of the tenant, where they are known. */
export type LearnedLimits = Readonly<Partial<Record<QuotaClass, BucketLimit>>>;

/** Parents per page where their collection does not specify it. */
const PARENTS_PAGE = 999;
const BATCH_ITEMS = 20;
const BATCHES_AT_ONCE = 16;
/** Rows per second that are parsed, staged and published on two processors; a cautious estimate. */
const ROWS_PER_SECOND = 60_000;
/** Maximum rows per page with sign-in activity, whatever `$top` is (Graph doc "List users"). */
const ACTIVITY_PAGE = 500;
const ACTIVITY_COLUMN = /^signInActivity\b/i;
/** Additional pages per part: the last page of a part is half full on average. */
const PART_WASTE = 0.5;

/** Estimates requests and duration of reading `datasets`. Pure: every figure is an argument. */
export function planRead(
  datasets: readonly DatasetDefinition[],
  { users, latencyMs, facts }: PlanFacts,
  learned: LearnedLimits = {},
): ReadPlan {
  const tenantSize = users === null ? 'L' : tenantSizeOf(users);
  const setting = { tenantSize, users, latencyMs, learned };
  const plans = datasets.map((dataset, index) => planDataset(dataset, facts[index] ?? { rows: null, parents: null }, setting));
  const quotas = quotaUses(plans, setting);
  // Concurrent datasets share the quota of their class.
  const seconds = round(Math.max(estimateRunSeconds(plans), ...quotas.map((quota) => quota.seconds)));
  const sorted = plans.toSorted((a, b) => (b.seconds ?? -1) - (a.seconds ?? -1) || (b.requests ?? 0) - (a.requests ?? 0));
  return {
    tenantSize,
    users,
    latencyMs,
    datasets: sorted,
    dominant: dominantRead(sorted, quotas, seconds),
    quotas: quotas.toSorted((a, b) => b.seconds - a.seconds),
    requests: plans.reduce((sum, plan) => sum + (plan.requests ?? 0), 0),
    seconds,
  };
}

interface Setting {
  readonly tenantSize: TenantSize;
  readonly users: number | null;
  readonly latencyMs: number;
  readonly learned: LearnedLimits;
}

/** The quota of a class as it holds now. */
interface Limit extends BucketLimit {
  readonly windowSeconds: number;
  readonly learned: boolean;
}

function limitOf(quotaClass: QuotaClass, { tenantSize, learned }: Setting): Limit {
  const { capacity, windowMs } = quotaOf(quotaClass, tenantSize);
  const windowSeconds = windowMs / 1000;
  const known = learned[quotaClass];
  if (known !== undefined) return { ...known, windowSeconds, learned: true };
  return { capacity, perSecond: capacity / windowSeconds, windowSeconds, learned: false };
}

/** Requests of a dataset by kind, from which its duration is computed. */
interface Shape {
  readonly pattern: RequestPattern;
  readonly splitBy: string | null;
  readonly chains: number;
  /** Number of requests in the longest chain. */
  readonly depth: number;
  readonly requests: number;
  readonly units: number;
  readonly notes: readonly string[];
}

function planDataset(dataset: DatasetDefinition, facts: DatasetFacts, setting: Setting): DatasetReadPlan {
  const select = selectOf(dataset);
  const charge = chargeOf(`${dataset.path}${select === null ? '' : `?$select=${select.join(',')}`}`);
  const pageSize = pageSizeOf(dataset, charge);
  const shape =
    dataset.parent === null ? entityShape(dataset, facts, { pageSize, charge }) : childrenShape(dataset, facts, charge);
  const limit = limitOf(charge.quotaClass, setting);
  const alternative = reportInsteadOf(dataset, setting.users) ?? withoutActivity(dataset, facts, { charge, setting });
  const known = shape !== null;
  const { pattern, splitBy, chains, notes } = shape ?? { pattern: 'pages' as const, splitBy: null, chains: 1, notes: [UNKNOWN] };
  return {
    name: dataset.name,
    title: dataset.title,
    pattern,
    rows: facts.rows,
    parents: facts.parents,
    pageSize,
    select,
    splitBy,
    chains,
    requests: known ? shape.requests : null,
    quotaClass: charge.quotaClass,
    units: known ? shape.units : null,
    ...timeOf(shape, facts, limit, setting),
    alternative,
    notes: [...notes, ...quotaNotes(charge, pageSize), ...(alternative === null ? [] : [alternativeSentence(alternative)])],
  };
}

/** Users without sign-in activity, whose quota is the smallest. */
function withoutActivity(
  dataset: DatasetDefinition,
  facts: DatasetFacts,
  { charge, setting }: { readonly charge: Charge; readonly setting: Setting },
): ReadAlternative | null {
  if (charge.quotaClass !== 'sign-in-activity') return null;
  const columns = dataset.columns.filter(({ sourcePath }) => !ACTIVITY_COLUMN.test(sourcePath));
  if (columns.length === dataset.columns.length) return null;
  const { requests } = planDataset({ ...dataset, columns }, facts, setting);
  const has = 'all other columns';
  return { dataset: null, column: 'signInActivity', has, needs: null, pageSize: null, requests };
}

const UNKNOWN = 'Graph does not count these rows, so the duration is known only during the reading.';

function quotaNotes({ quotaClass }: Charge, pageSize: number | null): readonly string[] {
  if (quotaClass === 'sign-in-activity')
    return [`Sign-in activity is sent for at most ${10 * (pageSize ?? ACTIVITY_PAGE)} users a minute.`];
  if (quotaClass === 'reports') return ['All reports of an application share 5 requests in 10 seconds.'];
  if (quotaClass === 'identity-protection') return ['All applications of the tenant share 1 request a second.'];
  return [];
}

function selectOf(dataset: DatasetDefinition): readonly string[] | null {
  if (!dataset.read.select) return null;
  const read = dataset.columns.filter((column) => (column.selected || column.key) && !column.sourcePath.startsWith('@'));
  return [...new Set(read.map(({ sourcePath }) => sourcePath.split(/\.|\[\]/)[0] ?? sourcePath))];
}

function pageSizeOf({ read }: DatasetDefinition, { quotaClass }: Charge): number | null {
  const size = read.pageSizeMax ?? read.pageSizeDefault;
  return size !== null && quotaClass === 'sign-in-activity' ? Math.min(size, ACTIVITY_PAGE) : size;
}

function entityShape(
  dataset: DatasetDefinition,
  facts: DatasetFacts,
  { pageSize, charge }: { readonly pageSize: number | null; readonly charge: Charge },
): Shape | null {
  const rows = dataset.kind === 'child' ? facts.parents : facts.rows;
  const once = { splitBy: null, chains: 1, notes: [] };
  if (dataset.read.single || (pageSize === null && !dataset.read.countable))
    return { ...once, pattern: 'one-request', depth: 1, requests: 1, units: charge.units };
  if (rows === null || pageSize === null) return null;
  // `$count` before reading, and the delta token where delta query is supported.
  const extra = 1 + (dataset.read.delta ? 2 : 0);
  const pages = Math.max(1, Math.ceil(rows / pageSize));
  if (charge.quotaClass === 'sign-in-activity') {
    const others = Math.ceil(rows / (dataset.read.pageSizeMax ?? rows));
    return { ...once, pattern: 'pages', depth: pages + 1, requests: pages + others + extra, units: pages };
  }
  const [rule] = splitRulesOf(dataset);
  const rowsMax = partRowsMax(rows, pageSize);
  if (rule === undefined || rowsMax === null) {
    const pattern = pages === 1 ? 'one-request' : 'pages';
    return { ...once, pattern, depth: pages + 1, requests: pages + extra, units: pages * charge.units + extra };
  }
  const parts = Math.max(2, Math.ceil(rows / rowsMax));
  const chains = Math.min(CHAINS_MAX, parts);
  const counted = Math.max(50, Math.ceil(pages / 4) * BATCH_ITEMS);
  const read = pages + Math.ceil(parts * PART_WASTE);
  return {
    pattern: 'parts',
    splitBy: rule.property,
    chains,
    depth: Math.ceil(read / chains) + 3,
    requests: read + Math.ceil(counted / BATCH_ITEMS) + extra,
    units: read * charge.units + counted + extra,
    notes: [],
  };
}

function childrenShape({ parent }: DatasetDefinition, { parents }: DatasetFacts, charge: Charge): Shape | null {
  if (parents === null || parent === null) return null;
  const { pageSizeMax = PARENTS_PAGE } = parent;
  const lists = pageSizeMax === null ? 1 : Math.max(1, Math.ceil(parents / pageSizeMax));
  const batches = Math.ceil(parents / BATCH_ITEMS);
  const chains = Math.min(BATCHES_AT_ONCE, Math.max(1, batches));
  return {
    pattern: 'batches',
    splitBy: null,
    chains,
    depth: Math.max(lists, Math.ceil(batches / chains)) + 1,
    requests: lists + batches,
    units: lists + parents * charge.units,
    notes: ['Parents with more rows than one page need further requests.'],
  };
}

function timeOf(
  shape: Shape | null,
  { rows }: DatasetFacts,
  limit: Limit,
  { latencyMs }: Setting,
): Pick<DatasetReadPlan, 'seconds' | 'boundBy'> {
  if (shape === null) return { seconds: null, boundBy: 'quota' };
  const waits = {
    quota: quotaSeconds(shape.units, limit),
    latency: (shape.depth * latencyMs) / 1000,
    rows: (rows ?? 0) / ROWS_PER_SECOND,
  };
  const boundBy = (['quota', 'latency', 'rows'] as const).reduce((most, kind) => (waits[kind] > waits[most] ? kind : most));
  return { seconds: round(waits[boundBy]), boundBy };
}

/** Time that a token bucket needs to grant `units`, starting full, seconds. */
function quotaSeconds(units: number, { capacity, perSecond }: BucketLimit): number {
  return Math.max(0, (units - capacity) / perSecond);
}

function quotaUses(plans: readonly DatasetReadPlan[], setting: Setting): readonly QuotaUse[] {
  const classes = [...new Set(plans.map(({ quotaClass }) => quotaClass))];
  return classes.map((quotaClass) => {
    const limit = limitOf(quotaClass, setting);
    const units = plans.filter((plan) => plan.quotaClass === quotaClass).reduce((sum, plan) => sum + (plan.units ?? 0), 0);
    const { perSecond, windowSeconds, learned } = limit;
    const capacity = round(perSecond * windowSeconds);
    return { quotaClass, units, capacity, windowSeconds, learned, seconds: round(quotaSeconds(units, limit)) };
  });
}

function round(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
