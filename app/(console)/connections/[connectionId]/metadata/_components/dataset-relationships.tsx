import { Braces, CornerDownRight, CornerLeftUp } from 'lucide-react';
import Link from 'next/link';
import { AccessBadge } from '#components/dataset/access-badge.tsx';
import { relationsOf } from '#components/dataset/dataset-list-items.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import type { DatasetDto, DatasetSummaryDto } from '#lib/domain/dataset.ts';
import { metadataHref } from './metadata-search.ts';

interface DatasetRelationshipsProps {
  readonly connectionId: string;
  readonly dataset: DatasetDto;
  readonly datasets: readonly DatasetSummaryDto[];
}

/** How a dataset hangs together with others: its parent, those read below it, and what stays nested in its columns. */
export function DatasetRelationships({ connectionId, dataset, datasets }: DatasetRelationshipsProps) {
  const { parent, children } = relationsOf(dataset, datasets);
  const nested = dataset.columns.filter((column) => column.type === 'json');
  if (parent === null && children.length === 0 && nested.length === 0) {
    return (
      <EmptyState
        title="Stands alone"
        description={`No other dataset is read through ${dataset.name}, and none of its columns is nested.`}
      />
    );
  }
  return (
    <div className="min-h-0 space-y-5 overflow-y-auto">
      {parent === null ? null : (
        <Group
          title="Parent"
          note={
            <>
              One request for each row of <Code>{parent.name}</Code>; its key is kept in <Code>{dataset.parent?.column}</Code>.
            </>
          }
        >
          <Related connectionId={connectionId} dataset={parent} direction="up" />
        </Group>
      )}
      {children.length === 0 ? null : (
        <Group title="Read for each row" note={<>Tables of their own, joined by the key of {dataset.title}.</>}>
          {children.map((child) => (
            <Related key={child.id} connectionId={connectionId} dataset={child} direction="down" />
          ))}
        </Group>
      )}
      {nested.length === 0 ? null : (
        <Group title="Nested values" note="Kept as JSON in a column of this table.">
          {nested.map((column) => (
            <li key={column.sourcePath} className="flex items-center gap-2.5 px-3 py-2 text-sm">
              <Braces aria-hidden className="size-3.5 shrink-0 text-muted-foreground" />
              <span className="font-mono text-xs">{column.name}</span>
              <span className="ml-auto truncate font-mono text-[11px] text-muted-foreground">{column.edmType}</span>
            </li>
          ))}
        </Group>
      )}
    </div>
  );
}

function Group({
  title,
  note,
  children,
}: {
  readonly title: string;
  readonly note: React.ReactNode;
  readonly children: React.ReactNode;
}) {
  return (
    <section>
      <h3 className="text-sm font-medium">{title}</h3>
      <p className="mb-2 text-xs text-muted-foreground">{note}</p>
      <ul className="divide-y rounded-lg border">{children}</ul>
    </section>
  );
}

interface RelatedProps {
  readonly connectionId: string;
  readonly dataset: DatasetSummaryDto;
  readonly direction: 'up' | 'down';
}

function Related({ connectionId, dataset, direction }: RelatedProps) {
  const Icon = direction === 'up' ? CornerLeftUp : CornerDownRight;
  return (
    <li>
      <Link
        href={metadataHref(connectionId, dataset.name, 'relationships')}
        className="flex flex-wrap items-center gap-x-2.5 gap-y-1 px-3 py-2 text-sm outline-none hover:bg-muted/60 focus-visible:ring-2 focus-visible:ring-inset focus-visible:ring-ring"
      >
        <Icon aria-hidden className="size-3.5 shrink-0 text-muted-foreground" />
        <span className="font-medium">{dataset.title}</span>
        <span className="font-mono text-[11px] text-muted-foreground">{dataset.path}</span>
        <span className="ml-auto">
          <AccessBadge access={dataset.access} permissions={dataset.permissions} />
        </span>
      </Link>
    </li>
  );
}

function Code({ children }: { readonly children: React.ReactNode }) {
  return <code className="font-mono text-foreground">{children}</code>;
}
