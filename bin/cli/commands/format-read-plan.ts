import { formatCount, formatCounted, formatDuration } from '#lib/domain/format.ts';
import type { ReadPlan } from '#lib/domain/run/read-plan.ts';
import type { Json } from '../api-client.ts';
import { formatRows } from '../output.ts';

/** A plan for people: how long, what takes most of it, then the datasets, what takes longest first. */
export function formatReadPlan(answer: Json): string {
  const { requests, seconds, dominant, datasets } = answer as unknown as ReadPlan;
  const rows = datasets.map((dataset) => ({
    dataset: dataset.name,
    rows: dataset.rows === null ? null : formatCount(dataset.rows),
    requests: dataset.requests === null ? null : formatCount(dataset.requests),
    time: dataset.seconds === null ? null : formatDuration(dataset.seconds * 1000),
    'bound by': dataset.boundBy,
  }));
  const lines = [
    `About ${formatCounted(requests, 'request')} and ${formatDuration(seconds * 1000)}.`,
    ...(dominant === null ? [] : [dominant.sentence]),
  ];
  return `${lines.join('\n')}\n\n${formatRows(rows, ['dataset', 'rows', 'requests', 'time', 'bound by'], false)}`;
}
