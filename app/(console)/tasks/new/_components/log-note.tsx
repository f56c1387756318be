import type { DatasetSummaryDto } from '#lib/domain/dataset/dataset.ts';
import { isLog, LOG_ROWS_STAY, LOG_VERSION } from '#lib/domain/dataset/log-dataset.ts';
import type { UpdateMethod } from '#lib/domain/task/update-method.ts';

interface LogNoteProps {
  /** Those that are chosen. */
  readonly datasets: readonly DatasetSummaryDto[];
  readonly method: UpdateMethod;
}

/** What becomes of the rows of chosen logs. */
export function LogNote({ datasets, method }: LogNoteProps) {
  const titles = datasets.filter(isLog).map(({ title }) => title);
  if (titles.length === 0) return null;
  return (
    <p className="text-xs text-muted-foreground">
      {titles.join(', ')}: {method === 'reload' ? LOG_VERSION : LOG_ROWS_STAY}
    </p>
  );
}
