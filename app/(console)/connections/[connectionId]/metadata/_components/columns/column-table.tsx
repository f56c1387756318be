'use client';

import { startTransition, useDeferredValue, useMemo, useOptimistic, useRef, useState } from 'react';
import type { DatasetDto } from '#lib/domain/dataset/dataset.ts';
import { formatCounted } from '#lib/domain/format.ts';
import { useEntries } from '../entries-context.ts';
import type { UpdateColumnsAction } from '../metadata-props.ts';
import { useMetadataEdits } from '../use-metadata-edits.ts';
import { ColumnDetails } from './column-details.tsx';
import { applyEdits, type BulkChoice, bulkEdits, type ColumnEdit, columnRange, renameProblem } from './column-edits.ts';
import { ColumnRows } from './column-rows.tsx';
import { searchColumns } from './column-search.ts';
import { ColumnToolbar } from './column-toolbar.tsx';

interface ColumnTableProps {
  readonly dataset: DatasetDto;
  /** Null: the person may view but not edit. */
  readonly updateAction: UpdateColumnsAction | null;
}

/** Columns of a dataset: search, select, rename, details. An edit is shown at once and stored in the background. */
export function ColumnTable({ dataset, updateAction }: ColumnTableProps) {
  const [query, setQuery] = useState('');
  const [openPath, setOpenPath] = useState<string | null>(null);
  const shownQuery = useDeferredValue(query);
  const [columns, edit] = useOptimistic(dataset.columns, applyEdits);
  const { report } = useMetadataEdits();
  const entries = useEntries();
  const found = useMemo(() => searchColumns(columns, shownQuery), [columns, shownQuery]);
  const lastChosen = useRef<string | null>(null);
  const opened = columns.find((column) => column.sourcePath === openPath);

  function save(edits: readonly ColumnEdit[], words: string) {
    if (updateAction === null || edits.length === 0) return;
    startTransition(async () => {
      edit(edits);
      report(await updateAction({ datasetId: dataset.id, columns: [...edits] }), words);
    });
  }

  function select(sourcePath: string, selected: boolean, range: boolean) {
    const paths = new Set(range ? columnRange(found, lastChosen.current, sourcePath) : [sourcePath]);
    lastChosen.current = sourcePath;
    const changed = found.filter((column) => paths.has(column.sourcePath) && !column.key && column.selected !== selected);
    const what = changed.length === 1 ? (changed[0]?.name ?? '') : formatCounted(changed.length, 'column');
    save(
      changed.map((column) => ({ sourcePath: column.sourcePath, selected })),
      `${selected ? 'Selected' : 'Deselected'} ${what}`,
    );
  }

  function choose(choice: BulkChoice) {
    const edits = bulkEdits(columns, found, choice);
    save(edits, `Changed the selection of ${formatCounted(edits.length, 'column')}`);
  }

  const childTableOf = (sourcePath: string) =>
    entries.find(({ child }) => child?.dataset === dataset.name && child.sourcePath === sourcePath)?.name ?? null;
  const editable = updateAction !== null;
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-2">
      <ColumnToolbar columns={columns} shown={found} query={query} onQuery={setQuery} onChoose={editable ? choose : null} />
      <div className="flex min-h-0 flex-1 flex-col overflow-hidden rounded-lg border">
        <ColumnRows
          columns={found}
          label={`Columns of ${dataset.name}`}
          openPath={openPath}
          onOpen={(path) => setOpenPath((open) => (open === path ? null : path))}
          onSelect={editable ? select : null}
          onRename={editable ? (sourcePath, name) => save([{ sourcePath, name }], `Renamed to ${name}`) : null}
          problemOf={(sourcePath, name) => renameProblem(columns, sourcePath, name)}
        />
        {opened === undefined ? null : (
          <ColumnDetails
            key={opened.sourcePath}
            column={opened}
            childTable={childTableOf(opened.sourcePath)}
            columns={columns}
            onEdit={editable ? (change, words) => save([{ sourcePath: opened.sourcePath, ...change }], words) : null}
            onClose={() => setOpenPath(null)}
          />
        )}
      </div>
    </div>
  );
}
