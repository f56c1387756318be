import type { DatasetSummaryDto } from '#lib/domain/dataset/dataset.ts';
import { EVENTS_ARE_APPENDED, isEvents } from '#lib/domain/dataset/event-dataset.ts';
import { isLogDataset, LOG_ROWS_STAY, LOG_VERSION } from '#lib/domain/dataset/log-dataset.ts';
import type { UpdateMethod } from '#lib/domain/task/update-method.ts';

interface LogNoteProps {
  /** The chosen datasets. */
  readonly datasets: readonly DatasetSummaryDto[];
  readonly method: UpdateMethod;
}

/** Explains what happens to rows of chosen logs. */
export function LogNote({ datasets, method }: LogNoteProps) {
  const titlesOf = (chosen: readonly DatasetSummaryDto[]): string => chosen.map(({ title }) => title).join(', ');
  const events = datasets.filter(isEvents);
  const others = datasets.filter((dataset) => isLogDataset(dataset) && !isEvents(dataset));
  return (
    <>
      {events.length === 0 ? null : (
        <p className="text-xs text-muted-foreground">
          {titlesOf(events)}: {EVENTS_ARE_APPENDED}
        </p>
      )}
      {others.length === 0 ? null : (
        <p className="text-xs text-muted-foreground">
          {titlesOf(others)}: {method === 'reload' ? LOG_VERSION : LOG_ROWS_STAY}
        </p>
      )}
    </>
  );
}
