import { ChevronDown, ChevronRight } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { DatasetSection } from '#components/run/dataset-sections.ts';
import type { DatasetRunDto } from '#lib/domain/run/run.ts';
import { DATASET_COLUMNS } from './dataset-line.tsx';

interface DatasetSectionLinesProps {
  readonly section: DatasetSection;
  readonly isOpenAtFirst: boolean;
  readonly lineOf: (dataset: DatasetRunDto) => ReactNode;
}

/** A section of the datasets of a run: its line opens and closes it. */
export function DatasetSectionLines({ section, isOpenAtFirst, lineOf }: DatasetSectionLinesProps) {
  const [toggled, setToggled] = useState<boolean | null>(null);
  const isOpen = toggled ?? isOpenAtFirst;
  const Icon = isOpen ? ChevronDown : ChevronRight;
  return (
    <>
      <tbody className="border-b bg-muted/40 last:border-0">
        <tr>
          <th colSpan={DATASET_COLUMNS.length} scope="rowgroup" className="h-9!">
            <button
              type="button"
              aria-expanded={isOpen}
              onClick={() => setToggled(!isOpen)}
              className="sticky left-2.5 flex max-w-[calc(100cqw-1.25rem)] flex-wrap items-center gap-x-2 gap-y-0.5 rounded-sm py-1.5 text-left whitespace-normal outline-none focus-visible:ring-2 focus-visible:ring-ring"
            >
              <Icon aria-hidden className="size-4 shrink-0" />
              <span className="text-sm font-medium text-foreground">{section.name}</span>
              <span className="tabular-nums">{section.summary}</span>
            </button>
          </th>
        </tr>
      </tbody>
      {isOpen ? section.datasets.map(lineOf) : null}
    </>
  );
}
