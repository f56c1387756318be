import { DataGrid } from '#components/data-grid/data-grid.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { ProblemAlert } from '#components/ui/problem-alert.tsx';
import type { DatasetDto } from '#lib/domain/dataset.ts';
import { formatCount } from '#lib/domain/format.ts';
import { sampleDataset } from '#lib/services/dataset/sample-dataset.ts';
import { getContext } from '#lib/web/context.ts';
import { orProblem } from '#lib/web/page.ts';
import { ReadAgainButton } from './read-again-button.tsx';

const PREVIEW_ROWS = 50;

/** First rows of a dataset, read from Graph now. */
export async function DatasetPreview({ dataset }: { readonly dataset: DatasetDto }) {
  const ctx = await getContext();
  const sample = await orProblem(sampleDataset({ ctx, input: { datasetId: dataset.id, rows: PREVIEW_ROWS } }));
  if (!sample.ok) return <ProblemAlert problem={sample.problem} />;
  const { columns, rows } = sample.value;
  if (rows.length === 0) {
    return <EmptyState title="No rows" description={`Graph has no rows at ${dataset.path} that this connection may see.`} />;
  }
  return (
    <DataGrid
      label={`First rows of ${dataset.name}`}
      columns={columns}
      rows={rows}
      summary={`First ${formatCount(rows.length)} rows, live from Graph`}
      actions={<ReadAgainButton />}
    />
  );
}
