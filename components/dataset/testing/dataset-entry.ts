import type { DatasetEntry } from '../dataset-entry.ts';

/** An entry of the dataset list for tests; default: readable and not selected. */
export function datasetEntry(name: string, over: Partial<DatasetEntry> = {}): DatasetEntry {
  return {
    key: over.id === null ? (over.path ?? `/${name}`) : `ds_${name}`,
    id: `ds_${name}`,
    name,
    title: name,
    area: 'Users',
    kind: 'entity',
    origin: over.id === null ? 'advanced' : 'catalogue',
    path: `/${name}`,
    child: null,
    entityType: 'microsoft.graph.entity',
    permissions: [],
    licence: null,
    access: 'granted',
    reason: null,
    selected: false,
    filtered: false,
    pending: 0,
    columnCount: 3,
    ...over,
  };
}
