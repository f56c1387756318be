import { Suspense } from 'react';
import { GridSkeleton } from '#components/data-grid/grid-skeleton.tsx';
import { EmptyState } from '#components/ui/feedback/empty-state.tsx';
import { includesRole } from '#lib/domain/account/role.ts';
import type { DatasetDto } from '#lib/domain/dataset/dataset.ts';
import { getConnection } from '#lib/services/connection/get-connection.ts';
import type { Context } from '#lib/services/context.ts';
import { findDataset } from '#lib/services/dataset/find-dataset.ts';
import { getDataset } from '#lib/services/dataset/get-dataset.ts';
import { listDatasets } from '#lib/services/dataset/list-datasets.ts';
import { listOffers } from '#lib/services/offer/list-offers.ts';
import { getContext } from '#lib/web/context.ts';
import { orNotFound } from '#lib/web/page.ts';
import { ColumnTable } from './_components/columns/column-table.tsx';
import { DatasetHead } from './_components/dataset/dataset-head.tsx';
import { DatasetPreview } from './_components/dataset/dataset-preview.tsx';
import { DatasetRelationships } from './_components/dataset/dataset-relationships.tsx';
import { DatasetTabs } from './_components/dataset/dataset-tabs.tsx';
import { OfferPanel } from './_components/dataset/offer-panel.tsx';
import { FilterPanel } from './_components/filter/filter-panel.tsx';
import { MetadataSearch, type MetadataTab } from './_components/metadata-search.ts';
import { addDatasetAction, setFilterAction, updateColumnsAction } from './actions.ts';
import { FIRST_DATASET, firstDataset } from './first-dataset.ts';

interface PageProps {
  readonly params: Promise<{ connectionId: string }>;
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** The open dataset, or the offer at the path in the URL. */
export default async function MetadataPage({ params, searchParams }: PageProps) {
  const { connectionId } = await params;
  const search = MetadataSearch.parse(await searchParams);
  const ctx = await getContext();
  const { access } = await orNotFound(getConnection({ ctx, input: { connectionId } }));
  const canEdit = includesRole(ctx.actor.role, 'editor') && access === 'edit';
  if (search.offer !== undefined) {
    const offer = (await listOffers({ ctx, input: { connectionId } })).find(({ path }) => path === search.offer);
    if (offer !== undefined) {
      return <OfferPanel connectionId={connectionId} offer={offer} addAction={canEdit ? addDatasetAction : null} />;
    }
  }
  const dataset = await orNotFound(openDataset(ctx, connectionId, search));
  if (dataset === null) {
    return (
      <EmptyState
        title="No metadata yet"
        description={`Generate metadata to see which datasets this connection can deliver, with their columns and permissions.${
          canEdit ? '' : ' An editor of this connection can do that.'
        }`}
      />
    );
  }
  return (
    <>
      <DatasetHead connectionId={connectionId} dataset={dataset} canEdit={canEdit} />
      <DatasetTabs key={dataset.id} connectionId={connectionId} datasetName={dataset.name} tab={search.tab}>
        <TabContent tab={search.tab} dataset={dataset} canEdit={canEdit} connectionId={connectionId} />
      </DatasetTabs>
    </>
  );
}

/** The dataset in the URL, else the first. An offer may have become a dataset meanwhile. */
async function openDataset(ctx: Context, connectionId: string, { dataset, offer }: MetadataSearch): Promise<DatasetDto | null> {
  const named = await findDataset({ ctx, input: { connectionId, name: dataset ?? FIRST_DATASET } });
  if (named !== null && offer === undefined) return named;
  const datasets = await listDatasets({ ctx, input: { connectionId } });
  const open = datasets.find(({ path, kind }) => path === offer && kind !== 'child') ?? firstDataset(datasets);
  return open === undefined ? null : getDataset({ ctx, input: { datasetId: open.id } });
}

interface TabContentProps {
  readonly tab: MetadataTab;
  readonly dataset: DatasetDto;
  readonly canEdit: boolean;
  readonly connectionId: string;
}

function TabContent({ tab, dataset, canEdit, connectionId }: TabContentProps) {
  switch (tab) {
    case 'columns':
      return <ColumnTable key={dataset.id} dataset={dataset} updateAction={canEdit ? updateColumnsAction : null} />;
    case 'preview':
      return (
        <Suspense key={dataset.id} fallback={<GridSkeleton label={`Reading the first rows of ${dataset.name} from Graph`} />}>
          <DatasetPreview dataset={dataset} />
        </Suspense>
      );
    case 'filter':
      return (
        <FilterPanel
          key={`${dataset.id} ${dataset.filter}`}
          connectionId={connectionId}
          dataset={dataset}
          setFilterAction={canEdit ? setFilterAction : null}
        />
      );
    case 'relationships':
      return <DatasetRelationships connectionId={connectionId} dataset={dataset} />;
  }
}
