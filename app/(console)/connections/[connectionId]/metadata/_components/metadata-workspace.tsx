'use client';

import { ArrowRight } from 'lucide-react';
import Link from 'next/link';
import { startTransition, useOptimistic } from 'react';
import { toast } from 'sonner';
import { DatasetList } from '#components/dataset/dataset-list.tsx';
import { Button } from '#components/ui/button.tsx';
import type { DatasetSummaryDto } from '#lib/domain/dataset.ts';
import { formatCount } from '#lib/domain/format.ts';
import { MetadataHeader } from './metadata-header.tsx';
import type { MetadataWorkspaceProps } from './metadata-props.ts';
import { metadataHref, newTaskHref } from './metadata-search.ts';

interface Choice {
  readonly ids: ReadonlySet<string>;
  readonly selected: boolean;
}

/** Connection metadata: datasets on the left, the open one on the right. Choosing shows at once and is stored behind it. */
export function MetadataWorkspace(props: MetadataWorkspaceProps) {
  const { connection, activeName, chosenByAddress, canEdit, children } = props;
  const [datasets, choose] = useOptimistic(props.datasets, (state, choice: Choice) =>
    state.map((dataset) => (choice.ids.has(dataset.id) ? { ...dataset, selected: choice.selected } : dataset)),
  );
  const [openName, setOpenName] = useOptimistic(activeName);
  const selected = datasets.filter((dataset) => dataset.selected);

  function select(datasetIds: readonly string[], value: boolean) {
    startTransition(async () => {
      choose({ ids: new Set(datasetIds), selected: value });
      const result = await props.selectAction({ connectionId: connection.id, datasetIds: [...datasetIds], selected: value });
      if (!result.ok) toast.error(result.problem.title, { description: result.problem.remedy });
    });
  }

  return (
    <div className="flex h-full min-h-0 flex-1 flex-col">
      <MetadataHeader connection={connection} canEdit={canEdit} generateAction={props.generateAction} />
      <div className="grid min-h-0 flex-1 overflow-hidden rounded-lg border bg-card lg:grid-cols-[minmax(17rem,21rem)_minmax(0,1fr)]">
        <div className={`min-h-0 flex-col border-r ${chosenByAddress ? 'hidden lg:flex' : 'flex'}`}>
          <DatasetList
            datasets={datasets}
            activeName={openName}
            hrefOf={(name) => metadataHref(connection.id, name)}
            onOpen={(name) => startTransition(() => setOpenName(name))}
            onSelect={canEdit ? select : null}
          />
          {canEdit && datasets.length > 0 ? (
            <SelectionBar
              selected={selected}
              connectionId={connection.id}
              onClear={() =>
                select(
                  selected.map((dataset) => dataset.id),
                  false,
                )
              }
            />
          ) : null}
        </div>
        <section
          aria-label={openName === null ? 'Dataset' : `Dataset ${openName}`}
          className={`min-h-0 min-w-0 flex-col transition-opacity ${openName === activeName ? '' : 'opacity-60'} ${
            chosenByAddress || datasets.length === 0 ? 'flex' : 'hidden lg:flex'
          }`}
        >
          {children}
        </section>
      </div>
    </div>
  );
}

interface SelectionBarProps {
  readonly selected: readonly DatasetSummaryDto[];
  readonly connectionId: string;
  readonly onClear: () => void;
}

function SelectionBar({ selected, connectionId, onClear }: SelectionBarProps) {
  const none = selected.length === 0;
  const href = newTaskHref(
    connectionId,
    selected.map((dataset) => dataset.name),
  );
  return (
    <div className="flex items-center gap-2 border-t bg-muted/40 p-2 pl-3">
      <p className="min-w-0 flex-1 text-xs text-muted-foreground" aria-live="polite">
        <span className="font-medium tabular-nums text-foreground">{formatCount(selected.length)}</span> selected
      </p>
      {none ? null : (
        <Button variant="ghost" size="sm" onClick={onClear}>
          Clear
        </Button>
      )}
      {none ? (
        <Button size="sm" disabled title="Select datasets first">
          New task
        </Button>
      ) : (
        <Button asChild size="sm">
          <Link href={href}>
            New task
            <ArrowRight aria-hidden />
          </Link>
        </Button>
      )}
    </div>
  );
}
