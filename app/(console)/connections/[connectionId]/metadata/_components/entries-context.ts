'use client';

import { createContext, useContext } from 'react';
import type { DatasetEntry } from '#components/dataset/dataset-entry.ts';

export const EntriesContext = createContext<readonly DatasetEntry[]>([]);

/** All entries of the dataset list: datasets of the connection, and offers. */
export function useEntries(): readonly DatasetEntry[] {
  return useContext(EntriesContext);
}
