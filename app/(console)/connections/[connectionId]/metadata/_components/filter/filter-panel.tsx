'use client';

import { useState, useTransition } from 'react';
import { Button } from '#components/ui/button.tsx';
import { SegmentedControl } from '#components/ui/form/segmented-control.tsx';
import type { DatasetDto } from '#lib/domain/dataset/dataset.ts';
import { buildFilter, EMPTY_FILTER, type FilterGroup, filterableColumns, needsAdvancedQuery } from '#lib/domain/filter/filter.ts';
import { parseFilter } from '#lib/domain/filter/parse-filter.ts';
import type { SetFilterAction } from '../metadata-props.ts';
import { useMetadataEdits } from '../use-metadata-edits.ts';
import { FilterBuilder } from './filter-builder.tsx';
import { FilterCheck } from './filter-check.tsx';
import { draftProblem } from './filter-draft.ts';
import { FilterResult, FilterTextField } from './filter-text.tsx';
import { useFilterCheck } from './use-filter-check.ts';

interface FilterPanelProps {
  readonly connectionId: string;
  readonly dataset: DatasetDto;
  /** Null: the person may view but not edit. */
  readonly setFilterAction: SetFilterAction | null;
}

/** The filter under edit: conditions, or text where conditions cannot express it. */
type Draft = { readonly mode: 'conditions'; readonly group: FilterGroup } | { readonly mode: 'text'; readonly text: string };

/** Editor of a dataset's `$filter`: built from conditions or typed, checked by Graph during typing, and saved for reloads. */
export function FilterPanel({ connectionId, dataset, setFilterAction }: FilterPanelProps) {
  const saved = dataset.filter ?? '';
  const buildable = filterableColumns(dataset.columns).length > 0;
  const [draft, setDraft] = useState<Draft>(() => beginWith(saved, buildable));
  const [saving, start] = useTransition();
  const { report } = useMetadataEdits();
  const editable = setFilterAction !== null;
  const text = (draft.mode === 'text' ? draft.text : buildFilter(draft.group)).trim();
  const parsed = parseFilter(text);
  const problem = draft.mode === 'conditions' ? draftProblem(draft.group, dataset.columns) : null;
  const broken = draft.mode === 'text' && !parsed.ok && parsed.fault === 'syntax';
  const askable = text !== '' && problem === null && !broken;
  const path = `/api/v1/connections/${connectionId}/metadata/datasets/${dataset.id}/filter-check`;
  const check = useFilterCheck(path, askable && editable ? text : null);
  const advanced = askable && needsAdvancedQuery(text, parsed.ok ? parsed.group : null, dataset.columns);

  function switchTo(mode: Draft['mode']) {
    if (mode === 'text') setDraft({ mode, text });
    else if (parsed.ok) setDraft({ mode, group: parsed.group });
  }

  function save(filter: string | null) {
    if (setFilterAction === null) return;
    start(async () => {
      const words = filter === null ? `Runs read all rows of ${dataset.name}` : `Runs read only matching rows of ${dataset.name}`;
      report(await setFilterAction({ datasetId: dataset.id, filter }), words);
    });
  }

  return (
    <div className="flex min-h-0 flex-1 flex-col gap-3 overflow-y-auto p-0.5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <SegmentedControl
          label="Write the filter as"
          value={draft.mode}
          options={[
            { value: 'conditions', label: 'Conditions' },
            { value: 'text', label: 'Text' },
          ]}
          onValueChange={switchTo}
        />
        <p className="min-w-0 flex-1 text-xs text-muted-foreground">
          {saved === '' ? 'No filter is saved: runs read all rows.' : 'A filter is saved: runs read only matching rows.'}
          {buildable
            ? null
            : ' Microsoft does not document which properties support filters here. Entrada checks the filter with Graph while you write.'}
        </p>
      </div>
      {draft.mode === 'conditions' ? (
        <>
          <FilterBuilder
            group={draft.group}
            columns={dataset.columns}
            disabled={!editable}
            onChange={(group) => setDraft({ mode: 'conditions', group })}
          />
          <FilterResult text={text} problem={problem} />
        </>
      ) : (
        <FilterTextField
          text={draft.text}
          parsed={parsed}
          readOnly={!editable}
          onChange={(next) => setDraft({ mode: 'text', text: next })}
        />
      )}
      <FilterCheck check={check} advanced={advanced} />
      {editable ? (
        <div className="flex flex-wrap gap-2">
          <Button disabled={saving || !askable || text === saved || check.state === 'refused'} onClick={() => save(text)}>
            Save filter
          </Button>
          {text === '' ? null : (
            <Button variant="outline" disabled={saving} onClick={() => setDraft(beginWith('', buildable))}>
              Clear
            </Button>
          )}
          {saved === '' ? null : (
            <Button variant="outline" disabled={saving} onClick={() => save(null)}>
              Remove filter
            </Button>
          )}
        </div>
      ) : null}
    </div>
  );
}

function beginWith(text: string, buildable: boolean): Draft {
  const parsed = parseFilter(text);
  if (parsed.ok && (buildable || parsed.group.items.length > 0)) return { mode: 'conditions', group: parsed.group };
  return buildable && text === '' ? { mode: 'conditions', group: EMPTY_FILTER } : { mode: 'text', text };
}
