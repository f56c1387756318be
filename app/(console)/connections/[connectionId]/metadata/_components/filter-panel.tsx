'use client';

import { useState, useTransition } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/field.tsx';
import { Textarea } from '#components/ui/input.tsx';
import { SegmentedControl } from '#components/ui/segmented-control.tsx';
import type { DatasetDto } from '#lib/domain/dataset.ts';
import { buildFilter, EMPTY_FILTER, type FilterGroup, filterableColumns, needsAdvancedQuery } from '#lib/domain/filter.ts';
import { parseFilter } from '#lib/domain/parse-filter.ts';
import { FilterBuilder } from './filter-builder.tsx';
import { FilterCheck } from './filter-check.tsx';
import { draftProblem } from './filter-draft.ts';
import { FilterText } from './filter-text.tsx';
import type { SetFilterAction } from './metadata-props.ts';
import { useFilterCheck } from './use-filter-check.ts';
import { useMetadataEdits } from './use-metadata-edits.ts';

interface FilterPanelProps {
  readonly connectionId: string;
  readonly dataset: DatasetDto;
  /** Null: the person may look but not edit. */
  readonly setFilterAction: SetFilterAction | null;
}

type Mode = 'builder' | 'text';

/** The `$filter` of a dataset: built from conditions or written, asked of Graph as one goes, and saved for reloads. */
export function FilterPanel({ connectionId, dataset, setFilterAction }: FilterPanelProps) {
  const saved = dataset.filter ?? '';
  const [text, setText] = useState(saved);
  const parsed = parseFilter(text);
  const [group, setGroup] = useState<FilterGroup>(parsed.ok ? parsed.group : EMPTY_FILTER);
  const buildable = filterableColumns(dataset.columns).length > 0;
  const [mode, setMode] = useState<Mode>(parsed.ok && buildable ? 'builder' : 'text');
  const [saving, start] = useTransition();
  const { report } = useMetadataEdits();
  const editable = setFilterAction !== null;
  const incomplete = mode === 'builder' ? draftProblem(group, dataset.columns) : null;
  const faulty = mode === 'text' && !parsed.ok && parsed.fault === 'syntax' ? parsed : null;
  const askable = text.trim() !== '' && incomplete === null && faulty === null;
  const check = useFilterCheck(
    `/connections/${connectionId}/metadata/filter-check/${dataset.id}`,
    askable && editable ? text.trim() : null,
  );

  function build(next: FilterGroup) {
    setGroup(next);
    setText(buildFilter(next));
  }

  function switchTo(next: Mode) {
    if (next === 'builder') setGroup(parsed.ok ? parsed.group : EMPTY_FILTER);
    setMode(next);
  }

  function save(filter: string | null) {
    if (setFilterAction === null) return;
    start(async () => {
      const words = filter === null ? `${dataset.name} is read whole` : `${dataset.name} is read by its filter`;
      const done = report(await setFilterAction({ datasetId: dataset.id, filter }), words);
      if (done && filter === null) {
        setText('');
        setGroup(EMPTY_FILTER);
      }
    });
  }

  const advanced = text.trim() !== '' && needsAdvancedQuery(text, parsed.ok ? parsed.group : null, dataset.columns);
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-3 overflow-y-auto">
      <div className="flex flex-wrap items-center gap-2">
        <SegmentedControl
          label="Write the filter"
          value={mode}
          options={[
            { value: 'builder', label: 'Conditions' },
            { value: 'text', label: 'Text' },
          ]}
          onValueChange={switchTo}
        />
        <p className="min-w-0 flex-1 text-xs text-muted-foreground">
          {saved === '' ? 'No filter is saved: reloads read all rows.' : 'A filter is saved: reloads read what it lets through.'}
          {buildable ? null : " Which properties Graph filters by here isn't documented: it is asked as you write."}
        </p>
      </div>
      {mode === 'builder' ? (
        <>
          {parsed.ok ? (
            <FilterBuilder group={group} columns={dataset.columns} disabled={!editable} onChange={build} />
          ) : (
            <p className="text-sm text-muted-foreground">
              The text is more than conditions can show ({parsed.message}) Edit it as text, or clear it to begin anew.
            </p>
          )}
          <FilterText text={text} problem={incomplete} />
        </>
      ) : (
        <Field
          label="$filter"
          error={faulty === null ? null : `${faulty.message} (at character ${faulty.at + 1})`}
          hint="As in the documentation of Graph: texts in single quotes, a quote within doubled."
        >
          <Textarea
            value={text}
            rows={4}
            spellCheck={false}
            readOnly={!editable}
            placeholder="accountEnabled eq true and startswith(displayName,'A')"
            onChange={(event) => setText(event.target.value)}
            className="font-mono text-xs"
          />
        </Field>
      )}
      <FilterCheck check={check} advanced={advanced} />
      {editable ? (
        <div className="flex flex-wrap gap-2">
          <Button
            disabled={saving || !askable || text.trim() === saved || check.state === 'refused'}
            onClick={() => save(text.trim())}
          >
            Save filter
          </Button>
          <Button
            variant="outline"
            disabled={saving || (saved === '' && text === '')}
            onClick={() => (saved === '' ? build(EMPTY_FILTER) : save(null))}
          >
            {saved === '' ? 'Clear' : 'Remove filter'}
          </Button>
        </div>
      ) : null}
    </div>
  );
}
