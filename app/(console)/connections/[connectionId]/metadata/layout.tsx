import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { includesRole } from '#lib/domain/account/role.ts';
import { editMissingNote } from '#lib/domain/connection/connection-access.ts';
import { getConnection } from '#lib/services/connection/get-connection.ts';
import { listDatasets } from '#lib/services/dataset/list-datasets.ts';
import { getEditHistory } from '#lib/services/metadata/get-edit-history.ts';
import { getMetadataChanges } from '#lib/services/metadata/get-metadata-changes.ts';
import { listMetadataJobs } from '#lib/services/metadata-job/list-metadata-jobs.ts';
import { getContext } from '#lib/web/context.ts';
import { orNotFound } from '#lib/web/page.ts';
import { MetadataWorkspace } from './_components/metadata-workspace.tsx';
import {
  addDatasetAction,
  cancelMetadataJobAction,
  decideDifferencesAction,
  exportMetadataAction,
  selectDatasetsAction,
  startMetadataJobAction,
  undoMetadataEditAction,
} from './actions.ts';
import { firstDataset } from './first-dataset.ts';

interface LayoutProps {
  readonly params: Promise<{ connectionId: string }>;
  readonly children: ReactNode;
}

export const metadata: Metadata = { title: 'Connection metadata' };

/** Persistent part of the metadata page: the dataset list and the actions on the whole metadata. */
export default async function MetadataLayout({ params, children }: LayoutProps) {
  const { connectionId } = await params;
  const ctx = await getContext();
  const input = { connectionId };
  const [connection, datasets, history, changes, jobs] = await orNotFound(
    Promise.all([
      getConnection({ ctx, input }),
      listDatasets({ ctx, input }),
      getEditHistory({ ctx, input }),
      getMetadataChanges({ ctx, input }),
      listMetadataJobs({ ctx, input }),
    ]),
  );
  const isEditor = includesRole(ctx.actor.role, 'editor');
  const canEdit = isEditor && connection.access === 'edit';
  return (
    <MetadataWorkspace
      connection={{
        ...{ id: connection.id, name: connection.name, gateway: connection.gateway },
        metadataGeneratedAt: connection.metadataGeneratedAt,
        readOnlyNote: isEditor && !canEdit ? editMissingNote(connection) : null,
      }}
      datasets={datasets}
      firstName={firstDataset(datasets)?.name ?? null}
      history={history}
      changes={changes}
      jobs={jobs}
      indexVersion={`${changes.document?.hash ?? ''}-${connection.metadataGeneratedAt ?? ''}-${datasets.length}`}
      canEdit={canEdit}
      actions={{
        select: selectDatasetsAction,
        addDataset: addDatasetAction,
        undo: undoMetadataEditAction,
        startJob: startMetadataJobAction,
        cancelJob: cancelMetadataJobAction,
        decide: decideDifferencesAction,
        exportMetadata: exportMetadataAction,
      }}
    >
      {children}
    </MetadataWorkspace>
  );
}
