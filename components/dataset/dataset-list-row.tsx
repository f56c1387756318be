'use client';

import { KeyRound, ShieldAlert } from 'lucide-react';
import Link from 'next/link';
import { Checkbox } from '#components/ui/checkbox.tsx';
import type { DatasetSummaryDto } from '#lib/domain/dataset.ts';
import { formatCounted } from '#lib/domain/format.ts';
import type { DatasetListItem } from './dataset-list-items.ts';
import { groupSelection } from './dataset-list-items.ts';

interface RowProps {
  readonly active: boolean;
  readonly hrefOf: (name: string) => string;
  readonly onOpen: (name: string) => void;
  readonly onSelect: ((datasetIds: readonly string[], selected: boolean) => void) | null;
}

/** A line of the dataset list. */
export function DatasetListRow({ item, ...props }: RowProps & { readonly item: DatasetListItem }) {
  return item.kind === 'area' ? (
    <AreaRow area={item.area} datasets={item.datasets} onSelect={props.onSelect} />
  ) : (
    <DatasetRow dataset={item.dataset} {...props} />
  );
}

function AreaRow({
  area,
  datasets,
  onSelect,
}: {
  readonly area: string;
  readonly datasets: readonly DatasetSummaryDto[];
  readonly onSelect: RowProps['onSelect'];
}) {
  const selection = groupSelection(datasets);
  return (
    <div className="flex h-full items-end gap-2.5 border-b border-border/60 px-3 pb-1.5">
      {onSelect === null ? null : (
        <Checkbox
          aria-label={`Select all of ${area}`}
          checked={selection}
          onCheckedChange={() =>
            onSelect(
              datasets.map((dataset) => dataset.id),
              selection !== true,
            )
          }
        />
      )}
      <h3 className="text-xs font-semibold text-muted-foreground">{area}</h3>
      <span className="text-xs tabular-nums text-muted-foreground">{datasets.length}</span>
    </div>
  );
}

function DatasetRow({ dataset, active, hrefOf, onOpen, onSelect }: RowProps & { readonly dataset: DatasetSummaryDto }) {
  return (
    <div
      className={`flex h-full items-center gap-2.5 border-l-2 px-3 pl-2.5 ${active ? 'border-l-primary bg-accent' : 'border-l-transparent hover:bg-muted/60'}`}
    >
      {onSelect === null ? null : (
        <Checkbox
          aria-label={`Select ${dataset.name}`}
          checked={dataset.selected}
          onCheckedChange={(checked) => onSelect([dataset.id], checked === true)}
        />
      )}
      <Link
        href={hrefOf(dataset.name)}
        prefetch={false}
        replace
        scroll={false}
        data-dataset={dataset.name}
        aria-current={active ? 'true' : undefined}
        onNavigate={() => onOpen(dataset.name)}
        className="flex min-w-0 flex-1 items-center gap-2 self-stretch rounded-sm outline-none focus-visible:ring-2 focus-visible:ring-ring"
      >
        <span className="min-w-0 flex-1">
          <span className="block truncate text-sm leading-5 font-medium">{dataset.title}</span>
          <span className="block truncate font-mono text-[11px] leading-4 text-muted-foreground">{dataset.name}</span>
        </span>
        <AccessMark dataset={dataset} />
        <span className="w-8 text-right text-[11px] tabular-nums text-muted-foreground" title="Columns">
          {dataset.columnCount}
          <span className="sr-only"> {formatCounted(dataset.columnCount, 'column').replace(/^\S+ /, '')}</span>
        </span>
      </Link>
    </div>
  );
}

/** Says only what stands in the way; the list stays quiet where all is granted. */
function AccessMark({ dataset }: { readonly dataset: DatasetSummaryDto }) {
  const missing = dataset.access === 'missing-permission';
  return (
    <>
      {missing ? (
        <span
          title={`Missing permission: ${dataset.permissions.join(' or ')}`}
          className="inline-flex min-w-0 shrink items-center gap-1 text-[11px] font-medium text-amber-800 dark:text-amber-300"
        >
          <ShieldAlert aria-hidden className="size-3.5 shrink-0" />
          <span className="sr-only">Missing permission {dataset.permissions[0]}</span>
        </span>
      ) : null}
      {dataset.licence === null ? null : (
        <span title={`Needs ${dataset.licence}`} className="inline-flex shrink-0 text-violet-800 dark:text-violet-300">
          <KeyRound aria-hidden className="size-3.5" />
          <span className="sr-only">Needs {dataset.licence}</span>
        </span>
      )}
    </>
  );
}
