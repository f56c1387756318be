'use client';

import { createContext, useContext } from 'react';
import type { DatasetEntry } from '#components/dataset/dataset-entry.ts';

/** Chooses datasets, or adds those that are only offered; null: the person may look but not choose. */
export type SelectDatasets = ((entries: readonly DatasetEntry[], selected: boolean) => void) | null;

export const SelectDatasetsContext = createContext<SelectDatasets>(null);

export function useSelectDatasets(): SelectDatasets {
  return useContext(SelectDatasetsContext);
}
