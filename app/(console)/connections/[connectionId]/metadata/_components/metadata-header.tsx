'use client';

import { Redo2, Undo2 } from 'lucide-react';
import { GatewayName } from '#components/gateway/gateway-name.tsx';
import { TimeAgo } from '#components/run/time-ago.tsx';
import { Button } from '#components/ui/button.tsx';
import { PageHeader } from '#components/ui/layout/page-header.tsx';
import { ChangesButton } from './changes/changes-button.tsx';
import { ExportMenu } from './import-export/export-menu.tsx';
import { ImportButton } from './import-export/import-button.tsx';
import { CheckAccessButton } from './jobs/check-access-button.tsx';
import { GenerateButton } from './jobs/generate-button.tsx';
import { JobBanner } from './jobs/job-banner.tsx';
import { useMetadataJob } from './jobs/use-metadata-job.ts';
import type { MetadataWorkspaceProps } from './metadata-props.ts';
import { useMetadataEdits } from './use-metadata-edits.ts';

type MetadataHeaderProps = Omit<MetadataWorkspaceProps, 'children'>;

/** Title, time of the last generation, actions on the whole metadata, and the running job. */
export function MetadataHeader(props: MetadataHeaderProps) {
  const { connection, canEdit, actions, datasets, changes } = props;
  const job = useMetadataJob(props.jobs, actions);
  return (
    <>
      <PageHeader
        title="Connection metadata"
        breadcrumbs={[
          { label: 'Connections', href: '/connections' },
          { label: connection.name, href: `/connections/${connection.id}` },
        ]}
        description={
          <>
            {connection.metadataGeneratedAt === null ? (
              'Not generated yet'
            ) : (
              <>
                Generated <TimeAgo at={connection.metadataGeneratedAt} />
              </>
            )}
            {connection.gateway === null ? null : (
              <>
                , read through <GatewayName gateway={connection.gateway} />
              </>
            )}
            {connection.readOnlyNote === null ? null : `. ${connection.readOnlyNote}`}
          </>
        }
        actions={
          <>
            {canEdit ? <UndoRedo /> : null}
            <ChangesButton connectionId={connection.id} changes={changes} decideAction={canEdit ? actions.decide : null} />
            {datasets.length === 0 ? null : <ExportMenu connectionId={connection.id} action={actions.exportMetadata} />}
            {canEdit ? (
              <>
                <ImportButton connectionId={connection.id} />
                {datasets.length === 0 ? null : (
                  <CheckAccessButton connectionId={connection.id} job={job} lastJobs={props.jobs} />
                )}
                <GenerateButton
                  connectionId={connection.id}
                  selectedIds={datasets.filter(({ selected }) => selected).map(({ id }) => id)}
                  job={job}
                  variant={connection.metadataGeneratedAt === null ? 'default' : 'outline'}
                />
              </>
            ) : null}
          </>
        }
      />
      <JobBanner job={job} canCancel={canEdit} />
    </>
  );
}

function UndoRedo() {
  const { history, pending, undo, redo } = useMetadataEdits();
  return (
    <div className="flex">
      <Button
        variant="ghost"
        size="icon-sm"
        aria-label={history.undo === null ? 'Undo' : `Undo: ${history.undo.label}`}
        title={history.undo === null ? 'Nothing to undo' : `Undo: ${history.undo.label} (Ctrl+Z)`}
        disabled={history.undo === null || pending}
        onClick={undo}
      >
        <Undo2 aria-hidden />
      </Button>
      <Button
        variant="ghost"
        size="icon-sm"
        aria-label={history.redo === null ? 'Redo' : `Redo: ${history.redo.label}`}
        title={history.redo === null ? 'Nothing to redo' : `Redo: ${history.redo.label} (Ctrl+Shift+Z)`}
        disabled={history.redo === null || pending}
        onClick={redo}
      >
        <Redo2 aria-hidden />
      </Button>
    </div>
  );
}
