'use client';

import { createContext, useContext } from 'react';
import type { DatasetEntry } from '#components/dataset/dataset-entry.ts';

/** Selects or deselects datasets, and adds offers; null: the person may view but not select. */
export type SelectDatasets = ((entries: readonly DatasetEntry[], selected: boolean) => void) | null;

export const SelectDatasetsContext = createContext<SelectDatasets>(null);

export function useSelectDatasets(): SelectDatasets {
  return useContext(SelectDatasetsContext);
}
