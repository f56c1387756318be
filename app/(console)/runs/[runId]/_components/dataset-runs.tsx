'use client';

import { type ReactNode, useState } from 'react';
import { type DatasetGroup, datasetGroups, findDatasets, inGroup } from '#components/run/dataset-groups.ts';
import { datasetSections, SECTIONS_BY, SECTIONS_BY_LABEL, type SectionsBy } from '#components/run/dataset-sections.ts';
import type { RunView } from '#components/run/run-view.ts';
import { type SharedNote, shareNotes } from '#components/run/shared-notes.ts';
import { CountedFilter } from '#components/ui/form/counted-filter.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { NativeSelect } from '#components/ui/form/native-select.tsx';
import { ShowAllBar } from '#components/ui/layout/show-all-bar.tsx';
import { formatCounted } from '#lib/domain/format.ts';
import type { DatasetRunDto } from '#lib/domain/run/run.ts';
import { DATASET_COLUMNS, DatasetLine } from './dataset-line.tsx';
import { DatasetSectionLines } from './dataset-section-lines.tsx';

interface DatasetRunsProps {
  readonly view: RunView;
  readonly nowMs: number;
  /** Shown with a dataset that stopped because of too many deletes. */
  readonly confirmDeletes: ReactNode;
}

/** Number of lines that are rendered before *Show all*. */
const LINES_FIRST = 50;
/** With fewer datasets, the filter by state is not shown. */
const GROUPS_FROM = 12;

/** Styles all cells at the table: a class per cell would be most of the HTML of a large run. `dataset-runs`: for narrow windows, in globals.css. */
const TABLE =
  'dataset-runs w-full border-collapse text-left text-sm [&_td]:px-2.5 [&_td]:py-2 [&_td]:tabular-nums [&_th]:h-8 [&_th]:px-2.5 [&_th]:text-xs [&_th]:font-medium [&_th]:whitespace-nowrap [&_th]:text-muted-foreground [&_:is(td,th):nth-child(n+3)]:text-right [&_td:nth-child(n+3)]:whitespace-nowrap';

/** One line per dataset, with its problems below; on request in sections that open and close. */
export function DatasetRuns({ view, nowMs, confirmDeletes }: DatasetRunsProps) {
  const [group, setGroup] = useState<DatasetGroup>('all');
  const [text, setText] = useState('');
  const [by, setBy] = useState<SectionsBy>('none');
  const [linesMax, setLinesMax] = useState(LINES_FIRST);
  const { datasets } = view.run;
  const notes = shareNotes(datasets);
  const chosen = findDatasets(inGroup(datasets, group), text);
  const shown = by === 'none' ? chosen.slice(0, linesMax) : chosen;
  const choose = (next: DatasetGroup) => {
    setGroup(next);
    setLinesMax(LINES_FIRST);
  };
  const lineOf = (dataset: DatasetRunDto) => (
    <DatasetLine
      key={dataset.id}
      view={view}
      dataset={dataset}
      notes={notes.own(dataset)}
      nowMs={nowMs}
      confirmDeletes={confirmDeletes}
    />
  );
  return (
    <>
      <SharedNotes notes={notes.shared} />
      {datasets.length < GROUPS_FROM ? null : (
        <div className="mb-2 flex flex-wrap items-center gap-2">
          <Input
            type="search"
            aria-label="Search datasets"
            placeholder="Search datasets"
            value={text}
            onChange={(event) => setText(event.target.value)}
            className="w-full sm:w-56"
          />
          <CountedFilter label="Show datasets" value={group} options={datasetGroups(datasets, group)} onValueChange={choose} />
          <NativeSelect
            aria-label="Group datasets"
            value={by}
            options={SECTIONS_BY.map((value) => [value, SECTIONS_BY_LABEL[value]])}
            onValueChange={setBy}
            className="w-full sm:ml-auto sm:w-44"
          />
        </div>
      )}
      <section aria-label="Datasets" className="@container overflow-hidden rounded-lg border bg-card">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable by keyboard, also before any row has a link */}
        <div className="overflow-x-auto" tabIndex={0}>
          <table className={TABLE}>
            <thead>
              <tr className="border-b">
                {DATASET_COLUMNS.map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            {by === 'none'
              ? shown.map(lineOf)
              : datasetSections(chosen, by).map((section) => (
                  <DatasetSectionLines
                    key={`${by} ${section.name}`}
                    section={section}
                    isOpenAtFirst={chosen.length <= LINES_FIRST}
                    lineOf={lineOf}
                  />
                ))}
          </table>
        </div>
        {chosen.length === 0 ? (
          <p className="px-2.5 py-3 text-sm text-muted-foreground">
            {text.trim() === '' ? 'None at the moment.' : `No dataset is called ${text.trim()}.`}
          </p>
        ) : null}
        <ShowAllBar
          className="px-2.5"
          shown={shown.length}
          total={chosen.length}
          noun="dataset"
          onShowAll={() => setLinesMax(chosen.length)}
        />
      </section>
    </>
  );
}

/** Notes that many datasets have in common. */
function SharedNotes({ notes }: { readonly notes: readonly SharedNote[] }) {
  if (notes.length === 0) return null;
  return (
    <section aria-label="Notes on many datasets" className="mb-4 rounded-lg border bg-card px-3 py-2 text-xs">
      <ul className="space-y-1.5">
        {notes.map(({ text, about }) => (
          <li key={text}>
            <p className="text-muted-foreground">{text}</p>
            <details>
              <summary className="w-fit cursor-pointer rounded-sm text-muted-foreground hover:text-foreground">
                {formatCounted(about.length, 'dataset')}
              </summary>
              <ul className="mt-1 max-h-48 space-y-0.5 overflow-y-auto pl-4 font-mono text-[11px] break-words text-muted-foreground">
                {about.map((line) => (
                  <li key={line}>{line}</li>
                ))}
              </ul>
            </details>
          </li>
        ))}
      </ul>
    </section>
  );
}
