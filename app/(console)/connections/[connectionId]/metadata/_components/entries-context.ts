'use client';

import { createContext, useContext } from 'react';
import type { DatasetEntry } from '#components/dataset/dataset-entry.ts';

export const EntriesContext = createContext<readonly DatasetEntry[]>([]);

/** Everything that the dataset list holds: datasets of the connection, and what is offered besides. */
export function useEntries(): readonly DatasetEntry[] {
  return useContext(EntriesContext);
}
