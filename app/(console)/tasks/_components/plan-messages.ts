import { formatCount, formatCounted, formatDuration } from '#lib/domain/format.ts';
import type { QuotaUse } from '#lib/domain/run/dominant-read.ts';
import type { QuotaClass, TenantSize } from '#lib/domain/run/graph-quota.ts';
import type { DatasetReadPlan, ReadPlan } from '#lib/domain/run/read-plan.ts';

const DASH = '–';

const SIZE = { S: 'small', M: 'middle-sized', L: 'large' } satisfies Record<TenantSize, string>;

const QUOTA = {
  directory: 'Directory',
  reports: 'Reports',
  'sign-in-activity': 'Sign-in activity',
  'identity-protection': 'Identity protection',
  'identity-providers': 'Identity providers',
  other: 'Other services',
} satisfies Record<QuotaClass, string>;

const BOUND = {
  quota: 'the quota',
  latency: 'the response time of requests that run one after the other',
  rows: 'the processing of the rows',
} satisfies Record<DatasetReadPlan['boundBy'], string>;

/** How a dataset is read, e.g. `32 parts in parallel, by userPrincipalName`. */
export function readStrategyMessage({ pattern, chains, splitBy, parents, pageSize }: DatasetReadPlan): string {
  switch (pattern) {
    case 'one-request':
      return 'one request';
    case 'pages':
      return pageSize === null ? 'page after page' : `page after page, ${formatCount(pageSize)} rows each`;
    case 'parts':
      return `${chains} parts in parallel, by ${splitBy}`;
    case 'batches':
      return `batches of 20 for ${parents === null ? 'each parent' : formatCounted(parents, 'parent')}, ${chains} at once`;
  }
}

export function countOrDash(count: number | null): string {
  return count === null ? DASH : formatCount(count);
}

export function secondsOrDash(seconds: number | null): string {
  return seconds === null ? DASH : formatDuration(seconds * 1000);
}

/** One or two sentences about the whole plan. */
export function planSummary({ requests, seconds, tenantSize, users, latencyMs, datasets }: ReadPlan): string {
  const unknown = datasets.filter((dataset) => dataset.seconds === null).length;
  const tenant =
    users === null ? 'The number of users is not known' : `${formatCounted(users, 'user')}: a ${SIZE[tenantSize]} tenant`;
  const beside = unknown === 0 ? '' : `, and ${formatCounted(unknown, 'dataset')} of unknown size`;
  return `About ${formatCounted(requests, 'request')} and ${formatDuration(seconds * 1000)}${beside}. ${tenant}; a request takes ${formatCount(latencyMs)} ms.`;
}

/** E.g. `Directory: 40,021 of 8,000 units in 10 s, so at least 40 s`. */
export function quotaMessage({ quotaClass, units, capacity, windowSeconds, learned, seconds }: QuotaUse): string {
  const unit = quotaClass === 'directory' ? 'resource units' : capacity === 1 ? 'request' : 'requests';
  const least = seconds === 0 ? 'no wait' : `at least ${formatDuration(seconds * 1000)}`;
  return `${QUOTA[quotaClass]}: ${formatCount(units)} needed, ${formatCount(capacity)} ${unit} in ${formatCount(windowSeconds)} s allowed${learned ? ' as learned from this tenant' : ''}, ${least}`;
}

/** Details of the plan of one dataset. */
export function datasetPlanDetails({ select, units, quotaClass, boundBy, seconds, notes }: DatasetReadPlan): readonly string[] {
  return [
    select === null
      ? 'All properties: this resource takes no $select.'
      : `$select of ${formatCounted(select.length, 'property', 'properties')}.`,
    ...(units === null
      ? []
      : [quotaClass === 'directory' ? `${formatCounted(units, 'resource unit')}.` : `${QUOTA[quotaClass]} quota.`]),
    ...(seconds === null || seconds < 1 ? [] : [`The limit is ${BOUND[boundBy]}.`]),
    ...notes,
  ];
}
