'use client';

import { useMemo, useState } from 'react';
import type { DatasetEntry } from '#components/dataset/dataset-entry.ts';
import { neighboursOf } from '#components/dataset/diagram/neighbours.ts';
import { RelationshipDiagram } from '#components/dataset/diagram/relationship-diagram.tsx';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/feedback/empty-state.tsx';
import type { DatasetDto } from '#lib/domain/dataset/dataset.ts';
import { formatCounted } from '#lib/domain/format.ts';
import { useEntries } from '../entries-context.ts';
import { metadataHref, offerHref } from '../metadata-search.ts';
import { useSelectDatasets } from '../select-datasets-context.ts';

interface DatasetRelationshipsProps {
  readonly connectionId: string;
  readonly dataset: DatasetDto;
}

/** Relations of a dataset to others: its parents, its relationships and child tables, and the datasets that it references. */
export function DatasetRelationships({ connectionId, dataset }: DatasetRelationshipsProps) {
  const entries = useEntries();
  const select = useSelectDatasets();
  const [withOffers, setWithOffers] = useState(false);
  const all = useMemo(() => neighboursOf(dataset, entries), [dataset, entries]);
  const own = useMemo(() => all.filter(({ entry }) => entry.id !== null), [all]);
  const neighbours = withOffers ? all : own;
  const offered = all.length - own.length;
  const middle = entries.find((entry) => entry.id === dataset.id);
  if (middle === undefined || all.length === 0) {
    return <EmptyState title="Stands alone" description={`${dataset.name} has no relationship to another dataset.`} />;
  }
  const hrefOf = (entry: DatasetEntry) =>
    entry.id === null ? offerHref(connectionId, entry.path) : metadataHref(connectionId, entry.name, 'relationships');
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-2">
      {offered === 0 ? null : (
        <Button
          variant="ghost"
          size="sm"
          aria-pressed={withOffers}
          className="self-start"
          onClick={() => setWithOffers(!withOffers)}
        >
          {withOffers ? 'Hide' : 'Show'} {formatCounted(offered, 'other')} that $metadata offers
        </Button>
      )}
      <RelationshipDiagram
        middle={middle}
        neighbours={neighbours}
        hrefOf={hrefOf}
        onSelect={select === null ? null : (entry, selected) => select([entry], selected)}
      />
    </div>
  );
}
