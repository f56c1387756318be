'use client';

import { TimeAgo } from '#components/run/time-ago.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { GenerateMetadataButton } from './generate-metadata-button.tsx';
import type { MetadataWorkspaceProps } from './metadata-props.ts';

type MetadataHeaderProps = Pick<MetadataWorkspaceProps, 'connection' | 'canEdit' | 'generateAction'>;

/** Title, where one is, and when the metadata was read. */
export function MetadataHeader({ connection, canEdit, generateAction }: MetadataHeaderProps) {
  return (
    <PageHeader
      title="Connection metadata"
      breadcrumbs={[
        { label: 'Connections', href: '/connections' },
        { label: connection.name, href: `/connections/${connection.id}` },
      ]}
      description={
        connection.metadataGeneratedAt === null ? (
          'Not generated yet'
        ) : (
          <>
            Generated <TimeAgo at={connection.metadataGeneratedAt} />
          </>
        )
      }
      actions={canEdit ? <GenerateMetadataButton connectionId={connection.id} action={generateAction} variant="outline" /> : null}
    />
  );
}
