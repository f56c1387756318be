import { formatCount, formatCounted } from '#lib/domain/format.ts';
import type { DifferenceKind, MetadataJobDto } from '#lib/domain/metadata/metadata.ts';

const STATE_MESSAGES = {
  generate: { done: 'Metadata generated', failed: 'Generating the metadata failed', cancelled: 'Generating was cancelled' },
  probe: { done: 'Access checked', failed: 'Checking access failed', cancelled: 'Checking access was cancelled' },
} as const;

/** One line about the progress or result of a job. */
export function jobMessage({ kind, state, progress }: MetadataJobDto): string {
  switch (state) {
    case 'done':
    case 'failed':
    case 'cancelled':
      return STATE_MESSAGES[kind][state];
    case 'queued':
      return 'Waiting for a worker';
    case 'running':
    case 'cancelling': {
      const doing = kind === 'generate' ? 'Generating metadata' : 'Checking access';
      if (progress.total === 0) return `${doing}: reading $metadata`;
      const rows = progress.rows === 0 ? '' : `, ${formatCounted(progress.rows, 'row')} sampled`;
      const current = progress.current === null ? '' : `: ${progress.current}`;
      return `${doing}${current} (${formatCount(progress.done)} of ${formatCounted(progress.total, 'dataset')}${rows})`;
    }
  }
}

/** Progress of a job in percent; null while it is unknown. */
export function jobPercentage({ progress }: MetadataJobDto): number | null {
  return progress.total === 0 ? null : (100 * progress.done) / progress.total;
}

const DIFFERENCE_NOUNS = {
  'dataset-new': ['new dataset', 'new datasets'],
  'dataset-gone': ['removed dataset', 'removed datasets'],
  'column-new': ['new column', 'new columns'],
  'column-gone': ['removed column', 'removed columns'],
  'column-retyped': ['column with another type', 'columns with another type'],
} as const satisfies Record<DifferenceKind, readonly [string, string]>;

const ACCESS_MESSAGES: Readonly<Record<string, string>> = {
  granted: 'readable',
  'missing-permission': 'need a permission',
  'delegated-only': 'need the sign-in of a person',
  'needs-licence': 'need a licence',
  'not-in-cloud': 'not in this cloud',
  unknown: 'could not be checked',
};

/** Results of a job, one line each. */
export function resultLines({ result }: MetadataJobDto): readonly string[] {
  if (result === null) return [];
  const differences = Object.entries(result.differences ?? {}).flatMap(([kind, count]) => {
    const [one, many] = DIFFERENCE_NOUNS[kind as DifferenceKind];
    return count === 0 ? [] : [`${formatCounted(count, one, many)}: ${count === 1 ? 'needs' : 'need'} a decision`];
  });
  const access = Object.entries(result.access ?? {}).map(
    ([state, count]) => `${formatCounted(count, 'dataset')}: ${ACCESS_MESSAGES[state] ?? state}`,
  );
  const sampled = (result.sampled ?? []).flatMap(({ dataset, found }) =>
    found.length === 0 ? [] : [`${dataset}: found ${found.join(', ')} in live rows`],
  );
  const sampledRows = (result.sampled ?? []).reduce((sum, { rows }) => sum + rows, 0);
  const nulls = (result.sampled ?? []).reduce((sum, { alwaysNull }) => sum + alwaysNull, 0);
  const summary =
    result.sampled === null
      ? []
      : [`${formatCounted(sampledRows, 'row')} sampled; ${formatCounted(nulls, 'column')} without any value`];
  return [...differences, ...access, ...summary, ...sampled];
}

/** Datasets whose rows could not be sampled, each with the reason. */
export function problemLines({ result }: MetadataJobDto): readonly string[] {
  return (result?.sampled ?? []).flatMap(({ dataset, problem }) => (problem === null ? [] : [`${dataset}: ${problem}`]));
}
