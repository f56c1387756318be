import { DataGrid } from '#components/data-grid/data-grid.tsx';
import { EmptyState } from '#components/ui/feedback/empty-state.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import type { DatasetDto } from '#lib/domain/dataset/dataset.ts';
import { formatCounted } from '#lib/domain/format.ts';
import { sampleDataset } from '#lib/services/dataset/sample-dataset.ts';
import { getContext } from '#lib/web/context.ts';
import { orProblem } from '#lib/web/page.ts';
import { ReadAgainButton } from '../jobs/read-again-button.tsx';

const PREVIEW_ROWS = 50;

/** First rows of a dataset, read live from Graph. */
export async function DatasetPreview({ dataset }: { readonly dataset: DatasetDto }) {
  const ctx = await getContext();
  const sample = await orProblem(sampleDataset({ ctx, input: { datasetId: dataset.id, rows: PREVIEW_ROWS } }));
  if (!sample.ok) {
    return (
      <div className="space-y-2">
        <ProblemAlert problem={sample.problem} />
        <ReadAgainButton />
      </div>
    );
  }
  const { columns, rows, raw, total, notes } = sample.value;
  if (rows.length === 0) {
    const which = dataset.filter === null ? '' : ' that match the filter';
    return (
      <EmptyState
        title="No rows"
        description={`Graph has no rows at ${dataset.path}${which} that this connection may see.`}
        action={<ReadAgainButton />}
      />
    );
  }
  const of = total === null || total <= rows.length ? '' : ` of ${formatCounted(total, 'row')}`;
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-2">
      {notes.map((note) => (
        <p key={note} className="text-xs text-warning">
          {note}
        </p>
      ))}
      <DataGrid
        label={`First rows of ${dataset.name}`}
        columns={columns}
        rows={rows}
        rawRows={raw}
        summary={`First ${formatCounted(rows.length, 'row')}${of}, live from Graph${dataset.filter === null ? '' : ', filtered'}`}
        actions={<ReadAgainButton />}
      />
    </div>
  );
}
