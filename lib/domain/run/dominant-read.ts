import { formatCount, formatCounted, formatDuration } from '#lib/domain/format.ts';
import { QUOTA_CLASS_LABEL, type QuotaClass } from './graph-quota.ts';
import { alternativeSentence, type ReadAlternative } from './read-alternative.ts';

/** What takes most of the time of a reload. */
export interface DominantRead {
  /** Names; several share a quota. The dataset with most requests first. */
  readonly datasets: readonly string[];
  readonly boundBy: 'quota' | 'latency' | 'rows';
  readonly quotaClass: QuotaClass;
  /** Requests as the quota counts them: of a batch each item. Resource units in the directory class. */
  readonly units: number;
  /** The quota: `capacity` units in `windowSeconds`. */
  readonly capacity: number;
  readonly windowSeconds: number;
  /** Whether the rate was learned from answers of this tenant; else it is the documented one. */
  readonly learned: boolean;
  readonly seconds: number;
  /** A cheaper way to most of the same; null: none is known. */
  readonly alternative: ReadAlternative | null;
  /** All of it in words. */
  readonly sentence: string;
}

interface PlannedRead {
  readonly name: string;
  readonly title: string;
  readonly rows: number | null;
  readonly requests: number | null;
  readonly units: number | null;
  readonly quotaClass: QuotaClass;
  readonly seconds: number | null;
  readonly boundBy: DominantRead['boundBy'];
  readonly alternative: ReadAlternative | null;
}

/** Requests of all datasets of a quota class compared with the quota. */
export interface QuotaUse {
  readonly quotaClass: QuotaClass;
  readonly units: number;
  readonly capacity: number;
  readonly windowSeconds: number;
  /** Whether the quota was learned from answers of this tenant; else it is the documented one. */
  readonly learned: boolean;
  /** Minimum duration that the quota allows, seconds. */
  readonly seconds: number;
}

/** Shorter reloads need no explanation, seconds. */
const EXPLAINED_FROM = 10;
/** What takes a smaller share of the time does not dominate. */
const SHARE_MIN = 0.5;
/** A dataset with this share of a quota's units is named alone. */
const ALONE_SHARE = 0.8;

/** What dominates a reload of `seconds`: a dataset, or the datasets that share a quota; null where nothing does, or it is short. */
export function dominantRead(reads: readonly PlannedRead[], quotas: readonly QuotaUse[], seconds: number): DominantRead | null {
  const quota = longest(quotas);
  const read = longest(reads);
  const ofQuota = quota !== null && quota.seconds >= (read?.seconds ?? 0);
  const dominant = ofQuota ? shareOf(reads, quota) : read === null ? null : alone(read, quotas);
  if (dominant === null || dominant.seconds < EXPLAINED_FROM || dominant.seconds < seconds * SHARE_MIN) return null;
  const titles = new Map(reads.map(({ name, title }) => [name, title]));
  return { ...dominant, sentence: sentenceOf(dominant, titles, reads) };
}

type WithoutSentence = Omit<DominantRead, 'sentence'>;

function shareOf(reads: readonly PlannedRead[], quota: QuotaUse): WithoutSentence | null {
  const sharing = reads
    .filter(({ quotaClass, units }) => quotaClass === quota.quotaClass && units !== null && units > 0)
    .toSorted((a, b) => (b.units ?? 0) - (a.units ?? 0));
  const [most] = sharing;
  if (most === undefined) return null;
  if ((most.units ?? 0) >= quota.units * ALONE_SHARE) return alone(most, [quota]);
  const { capacity, windowSeconds, learned, quotaClass, units, seconds } = quota;
  const alternative = sharing.find((read) => read.alternative !== null)?.alternative ?? null;
  const datasets = sharing.map(({ name }) => name);
  return { datasets, boundBy: 'quota', quotaClass, units, capacity, windowSeconds, learned, seconds, alternative };
}

function alone({ name, boundBy, quotaClass, units, seconds, alternative }: PlannedRead, quotas: readonly QuotaUse[]) {
  const quota = quotas.find((one) => one.quotaClass === quotaClass);
  const { capacity = 0, windowSeconds = 0, learned = false } = quota ?? {};
  return {
    ...{ datasets: [name], boundBy, quotaClass, units: units ?? 0, capacity, windowSeconds, learned },
    seconds: seconds ?? 0,
    alternative,
  };
}

function sentenceOf(
  { datasets, boundBy, quotaClass, units, capacity, windowSeconds, learned, seconds, alternative }: WithoutSentence,
  titles: ReadonlyMap<string, string>,
  reads: readonly PlannedRead[],
): string {
  const [first = ''] = datasets;
  const title = titles.get(first) ?? first;
  const who =
    datasets.length === 1
      ? title
      : `${formatCount(datasets.length)} datasets share the quota of ${QUOTA_CLASS_LABEL[quotaClass]}, among them ${title}`;
  const read = reads.find(({ name }) => name === first);
  const unit = quotaClass === 'directory' ? 'resource unit' : 'request';
  const inBatches = datasets.length === 1 && (read?.requests ?? units) < units && quotaClass !== 'directory';
  const batches = inBatches ? ` (in ${formatCounted(read?.requests ?? 0, 'batch', 'batches')})` : '';
  const what = {
    quota: `${formatCounted(units, unit)}${batches} at ${formatAmount(capacity)} per ${formatCount(windowSeconds)} s${learned ? ' (learned from this tenant)' : ''}`,
    latency: `${formatCounted(read?.requests ?? 0, 'request')}, one after the other`,
    rows: `${formatCounted(read?.rows ?? 0, 'row')} to parse and write`,
  }[boundBy];
  const facts = `${who}: ${what}: ${formatDuration(seconds * 1000)}.`;
  if (alternative === null) return facts;
  const served = reads.filter((each) => datasets.includes(each.name) && each.alternative?.dataset === alternative.dataset);
  const of = datasets.length === 1 ? '' : `For ${formatCount(served.length)} of them: `;
  return `${facts} ${of}${alternativeSentence(alternative)}`;
}

/** A learned rate may be less than one in a window. */
function formatAmount(amount: number): string {
  return amount < 10 ? String(Math.round(amount * 10) / 10) : formatCount(amount);
}

function longest<T extends { readonly seconds: number | null }>(parts: readonly T[]): T | null {
  return parts.reduce<T | null>((most, part) => ((part.seconds ?? 0) > (most?.seconds ?? 0) ? part : most), null);
}
