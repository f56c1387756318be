import type { Metadata } from 'next';
import { Suspense } from 'react';
import { GridSkeleton } from '#components/data-grid/grid-skeleton.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import type { DatasetDto, DatasetSummaryDto } from '#lib/domain/dataset.ts';
import { includesRole } from '#lib/domain/role.ts';
import { getConnection } from '#lib/services/connection/get-connection.ts';
import { getDataset } from '#lib/services/dataset/get-dataset.ts';
import { listDatasets } from '#lib/services/dataset/list-datasets.ts';
import { getContext } from '#lib/web/context.ts';
import { orNotFound } from '#lib/web/page.ts';
import { generateMetadataAction, selectDatasetsAction, updateColumnsAction } from '../actions.ts';
import { ColumnTable } from './_components/column-table.tsx';
import { DatasetHead } from './_components/dataset-head.tsx';
import { DatasetPreview } from './_components/dataset-preview.tsx';
import { DatasetRelationships } from './_components/dataset-relationships.tsx';
import { DatasetTabs } from './_components/dataset-tabs.tsx';
import { GenerateMetadataButton } from './_components/generate-metadata-button.tsx';
import { MetadataSearch, type MetadataTab } from './_components/metadata-search.ts';
import { MetadataWorkspace } from './_components/metadata-workspace.tsx';

interface PageProps {
  readonly params: Promise<{ connectionId: string }>;
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export const metadata: Metadata = { title: 'Connection metadata' };

export default async function MetadataPage({ params, searchParams }: PageProps) {
  const { connectionId } = await params;
  const search = MetadataSearch.parse(await searchParams);
  const ctx = await getContext();
  const [connection, datasets] = await orNotFound(
    Promise.all([getConnection({ ctx, input: { connectionId } }), listDatasets({ ctx, input: { connectionId } })]),
  );
  const canEdit = includesRole(ctx.actor.role, 'editor');
  const open =
    datasets.find((dataset) => dataset.name === search.dataset) ??
    datasets.find((dataset) => dataset.name === 'users') ??
    datasets[0];
  const dataset = open === undefined ? null : await getDataset({ ctx, input: { datasetId: open.id } });

  return (
    <MetadataWorkspace
      connection={{ id: connection.id, name: connection.name, metadataGeneratedAt: connection.metadataGeneratedAt }}
      datasets={datasets}
      activeName={dataset?.name ?? null}
      chosenByAddress={search.dataset !== undefined && dataset?.name === search.dataset}
      canEdit={canEdit}
      generateAction={generateMetadataAction}
      selectAction={selectDatasetsAction}
    >
      {dataset === null ? (
        <EmptyState
          title="No metadata yet"
          description="Generate metadata to see which datasets this connection can deliver, with their columns and permissions."
          action={
            canEdit ? (
              <GenerateMetadataButton connectionId={connection.id} action={generateMetadataAction} variant="default" />
            ) : undefined
          }
        />
      ) : (
        <>
          <DatasetHead connectionId={connectionId} dataset={dataset} />
          <DatasetTabs key={dataset.id} connectionId={connectionId} datasetName={dataset.name} tab={search.tab}>
            <TabContent tab={search.tab} dataset={dataset} datasets={datasets} canEdit={canEdit} connectionId={connectionId} />
          </DatasetTabs>
        </>
      )}
    </MetadataWorkspace>
  );
}

interface TabContentProps {
  readonly tab: MetadataTab;
  readonly dataset: DatasetDto;
  readonly datasets: readonly DatasetSummaryDto[];
  readonly canEdit: boolean;
  readonly connectionId: string;
}

function TabContent({ tab, dataset, datasets, canEdit, connectionId }: TabContentProps) {
  switch (tab) {
    case 'columns':
      return <ColumnTable key={dataset.id} dataset={dataset} updateAction={canEdit ? updateColumnsAction : null} />;
    case 'preview':
      return (
        <Suspense key={dataset.id} fallback={<GridSkeleton label={`Reading the first rows of ${dataset.name} from Graph`} />}>
          <DatasetPreview dataset={dataset} />
        </Suspense>
      );
    case 'relationships':
      return <DatasetRelationships connectionId={connectionId} dataset={dataset} datasets={datasets} />;
  }
}
