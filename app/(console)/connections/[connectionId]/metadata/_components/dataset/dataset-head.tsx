import { ArrowLeft } from 'lucide-react';
import Link from 'next/link';
import { AccessBadge } from '#components/dataset/access-badge.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import type { DatasetDto } from '#lib/domain/dataset/dataset.ts';
import { EVENTS_ARE_APPENDED, isEvents } from '#lib/domain/dataset/event-dataset.ts';
import { isLogDataset, LOG_ROWS_STAY, LOG_VERSION } from '#lib/domain/dataset/log-dataset.ts';
import { RemoveDatasetButton } from './remove-dataset-button.tsx';

interface DatasetHeadProps {
  readonly connectionId: string;
  readonly dataset: DatasetDto;
  readonly canEdit: boolean;
}

/** Title, path in Graph, and access of the open dataset. */
export function DatasetHead({ connectionId, dataset, canEdit }: DatasetHeadProps) {
  const { access, accessDetail } = dataset;
  return (
    <header className="space-y-1.5 px-4 pt-3">
      <BackToList connectionId={connectionId} />
      <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <h2 className="text-base font-semibold">{dataset.title}</h2>
        <AccessBadge access={access} reason={accessDetail.reason} />
        {dataset.licence === null || access === 'needs-licence' ? null : <Badge>Needs {dataset.licence}</Badge>}
        {dataset.origin === 'catalogue' ? null : <Badge>{dataset.origin}</Badge>}
        {dataset.filter === null ? null : <Badge variant="info">filtered</Badge>}
        {canEdit ? <RemoveDatasetButton connectionId={connectionId} dataset={dataset} /> : null}
      </div>
      <p className="max-w-prose text-sm text-muted-foreground">{dataset.description}</p>
      {isLogDataset(dataset) ? (
        <p className="max-w-prose text-sm text-muted-foreground">
          {isEvents(dataset) ? EVENTS_ARE_APPENDED : `${LOG_ROWS_STAY} ${LOG_VERSION}`}
        </p>
      ) : null}
      {access === 'granted' || accessDetail.problem === null ? (
        access !== 'granted' && accessDetail.reason !== null ? (
          <p className="text-sm text-warning">{accessDetail.reason}</p>
        ) : null
      ) : (
        <ProblemAlert problem={accessDetail.problem} />
      )}
      {accessDetail.columns.length === 0 ? null : (
        <p className="text-sm text-warning">
          Only these columns are left out:{' '}
          {accessDetail.columns.map(({ sourcePath, reason }) => `${sourcePath} (${reason})`).join('; ')}
        </p>
      )}
      {accessDetail.unseen === null ? null : <p className="text-sm text-warning">{accessDetail.unseen}</p>}
      <dl className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted-foreground">
        <Fact term="Table">{dataset.name}</Fact>
        <Fact term="Graph path">{dataset.path}</Fact>
        <Fact term="Permission">{dataset.permissions.join(' or ') || 'not known'}</Fact>
        <Fact term="Access">
          {accessDetail.probedAt === null ? 'not probed' : `probed ${accessDetail.probedAt.slice(0, 10)}`}
        </Fact>
      </dl>
    </header>
  );
}

/** Link back to the list, which is a separate view on narrow screens. */
export function BackToList({ connectionId }: { readonly connectionId: string }) {
  return (
    <Link
      href={`/connections/${connectionId}/metadata`}
      replace
      className="-ml-1 inline-flex items-center gap-1 rounded-sm p-1 text-xs text-muted-foreground outline-none hover:text-foreground focus-visible:ring-2 focus-visible:ring-ring lg:hidden"
    >
      <ArrowLeft aria-hidden className="size-3.5" />
      All datasets
    </Link>
  );
}

function Fact({ term, children }: { readonly term: string; readonly children: React.ReactNode }) {
  return (
    <div className="flex min-w-0 gap-1.5">
      <dt>{term}</dt>
      <dd className="min-w-0 font-mono break-words text-foreground">{children}</dd>
    </div>
  );
}
