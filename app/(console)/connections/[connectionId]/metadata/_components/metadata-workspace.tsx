'use client';

import { useSearchParams } from 'next/navigation';
import { startTransition, useMemo, useOptimistic } from 'react';
import { type DatasetEntry, entryOfDataset, entryOfOffer } from '#components/dataset/dataset-entry.ts';
import { DatasetList } from '#components/dataset/list/dataset-list.tsx';
import { compareEntries } from '#components/dataset/list/dataset-list-items.ts';
import { formatCounted } from '#lib/domain/format.ts';
import { EntriesContext } from './entries-context.ts';
import { MetadataHeader } from './metadata-header.tsx';
import type { MetadataWorkspaceProps } from './metadata-props.ts';
import { MetadataSearch, metadataHref, offerHref } from './metadata-search.ts';
import { SelectDatasetsContext } from './select-datasets-context.ts';
import { SelectionBar } from './selection-bar.tsx';
import { MetadataEditsContext, useEditHistory } from './use-metadata-edits.ts';
import { useMetadataIndex } from './use-metadata-index.ts';

interface Choice {
  readonly ids: ReadonlySet<string>;
  readonly selected: boolean;
}

/** Connection metadata: datasets on the left, the open one on the right. A selection is shown at once and stored in the background. */
export function MetadataWorkspace(props: MetadataWorkspaceProps) {
  const { connection, canEdit, actions, children } = props;
  const search = MetadataSearch.parse(Object.fromEntries(useSearchParams()));
  const [datasets, choose] = useOptimistic(props.datasets, (state, choice: Choice) =>
    state.map((dataset) => (choice.ids.has(dataset.id) ? { ...dataset, selected: choice.selected } : dataset)),
  );
  const index = useMetadataIndex(connection.id, props.indexVersion);
  const edits = useEditHistory(connection.id, props.history, canEdit ? actions.undo : null);
  const own = useMemo(() => datasets.map(entryOfDataset), [datasets]);
  const offered = useMemo(() => {
    const paths = new Set(props.datasets.map((dataset) => dataset.path));
    return index.offers.filter((offer) => !paths.has(offer.path)).map(entryOfOffer);
  }, [index, props.datasets]);
  const entries = useMemo(() => [...own, ...offered].sort(compareEntries), [own, offered]);

  const shown = search.offer ?? datasets.find(({ name }) => name === (search.dataset ?? props.firstName))?.id ?? null;
  const [activeKey, setActiveKey] = useOptimistic(shown);
  const named = search.dataset !== undefined || search.offer !== undefined;

  function select(chosen: readonly DatasetEntry[], selected: boolean) {
    const ids = chosen.flatMap(({ id, selected: was }) => (id === null || was === selected ? [] : [id]));
    const paths = selected ? chosen.filter(({ id }) => id === null).map(({ path }) => path) : [];
    startTransition(async () => {
      choose({ ids: new Set(ids), selected });
      const count = ids.length + paths.length;
      const words = `${selected ? 'Selected' : 'Deselected'} ${count === 1 ? (chosen[0]?.name ?? '') : formatCounted(count, 'dataset')}`;
      if (ids.length > 0) edits.report(await actions.select({ connectionId: connection.id, datasetIds: ids, selected }), words);
      for (const path of paths) {
        const added = await actions.addDataset({ connectionId: connection.id, path });
        if (!edits.report(added, `Added ${path}`)) break;
      }
    });
  }

  return (
    <MetadataEditsContext value={edits}>
      <EntriesContext value={entries}>
        <SelectDatasetsContext value={canEdit ? select : null}>
          <div className="flex h-full min-h-0 flex-1 flex-col">
            <MetadataHeader {...props} />
            <div className="grid min-h-0 flex-1 overflow-hidden rounded-lg border bg-card lg:grid-cols-[minmax(18rem,22rem)_minmax(0,1fr)]">
              <div className={`min-h-0 min-w-0 flex-col border-r ${named ? 'hidden lg:flex' : 'flex'}`}>
                <DatasetList
                  entries={entries}
                  columns={index.columns}
                  activeKey={activeKey}
                  hrefOf={({ id, name, path }) =>
                    id === null ? offerHref(connection.id, path) : metadataHref(connection.id, name)
                  }
                  onOpen={({ key }) => startTransition(() => setActiveKey(key))}
                  onSelect={canEdit ? select : null}
                />
                {datasets.length === 0 ? null : (
                  <SelectionBar
                    connectionId={connection.id}
                    datasets={datasets}
                    onClear={
                      canEdit
                        ? () =>
                            select(
                              own.filter((entry) => entry.selected),
                              false,
                            )
                        : null
                    }
                  />
                )}
              </div>
              <section
                aria-label="Open dataset"
                className={`min-h-0 min-w-0 flex-col transition-opacity ${activeKey === shown ? '' : 'opacity-60'} ${
                  named || datasets.length === 0 ? 'flex' : 'hidden lg:flex'
                }`}
              >
                {children}
              </section>
            </div>
          </div>
        </SelectDatasetsContext>
      </EntriesContext>
    </MetadataEditsContext>
  );
}
