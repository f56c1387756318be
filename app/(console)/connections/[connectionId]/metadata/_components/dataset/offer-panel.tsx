'use client';

import { Plus } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTransition } from 'react';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import type { DatasetOfferDto } from '#lib/domain/metadata/metadata.ts';
import type { MetadataActions } from '../metadata-props.ts';
import { metadataHref } from '../metadata-search.ts';
import { useMetadataEdits } from '../use-metadata-edits.ts';
import { BackToList } from './dataset-head.tsx';

interface OfferPanelProps {
  readonly connectionId: string;
  readonly offer: DatasetOfferDto;
  /** Null: the person may view but not add. */
  readonly addAction: MetadataActions['addDataset'] | null;
}

/** A collection of $metadata that is not a dataset of the connection yet. */
export function OfferPanel({ connectionId, offer, addAction }: OfferPanelProps) {
  const [pending, start] = useTransition();
  const { report } = useMetadataEdits();
  const router = useRouter();

  function add() {
    if (addAction === null) return;
    start(async () => {
      const result = await addAction({ connectionId, path: offer.path });
      if (report(result, `Added ${offer.name}`) && result.ok) router.replace(metadataHref(connectionId, result.value.name));
    });
  }

  const facts = [
    ['Graph path', offer.path],
    ['Entity type', offer.entityType],
    ['Permission', offer.permissions.join(' or ') || 'not known'],
    ['Table', offer.name],
  ] as const;
  return (
    <div className="space-y-3 px-4 py-3">
      <BackToList connectionId={connectionId} />
      <div className="flex flex-wrap items-center gap-2.5">
        <h2 className="text-base font-semibold">{offer.title}</h2>
        <Badge>{offer.origin}</Badge>
        <Badge>{offer.kind}</Badge>
      </div>
      <p className="max-w-prose text-sm text-muted-foreground">
        {offer.description === '' ? 'According to $metadata, Graph can list this collection.' : offer.description}
      </p>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-xs">
        {facts.map(([term, value]) => (
          <div key={term} className="contents">
            <dt className="text-muted-foreground">{term}</dt>
            <dd className="font-mono break-all">{value}</dd>
          </div>
        ))}
      </dl>
      <p className="max-w-prose text-sm">
        This dataset is not part of the connection. After you add it, its columns come from $metadata, and Preview shows whether
        Graph allows reading it.
      </p>
      {addAction === null ? null : (
        <Button disabled={pending} onClick={add}>
          <Plus aria-hidden />
          Add to this connection
        </Button>
      )}
    </div>
  );
}
