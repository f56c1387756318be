'use client';

import { ShieldCheck } from 'lucide-react';
import { Button } from '#components/ui/button.tsx';
import type { MetadataJobDto } from '#lib/domain/metadata/metadata.ts';
import type { MetadataJobView } from './use-metadata-job.ts';

interface CheckAccessButtonProps {
  readonly connectionId: string;
  readonly job: MetadataJobView;
  readonly lastJobs: readonly MetadataJobDto[];
}

/** Requests one row of every dataset from Graph: shows which can be read, and what the others need. */
export function CheckAccessButton({ connectionId, job, lastJobs }: CheckAccessButtonProps) {
  const last = lastJobs.find(({ kind, endedAt }) => kind === 'probe' && endedAt !== null);
  return (
    <Button
      variant="outline"
      size="sm"
      disabled={job.busy('probe')}
      title={
        last?.endedAt === undefined || last.endedAt === null
          ? 'Requests one row of every dataset from Graph'
          : `Last checked ${last.endedAt.slice(0, 16).replace('T', ' ')} UTC`
      }
      onClick={() => job.start({ connectionId, kind: 'probe' })}
    >
      <ShieldCheck aria-hidden />
      Check access
    </Button>
  );
}
