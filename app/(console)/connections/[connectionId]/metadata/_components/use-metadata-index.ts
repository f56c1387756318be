'use client';

import { useEffect, useState } from 'react';
import type { ColumnIndex } from '#components/dataset/list/dataset-search.ts';
import type { MetadataIndexDto } from '../metadata-index.ts';

export interface MetadataIndex {
  readonly offers: MetadataIndexDto['offers'];
  readonly columns: ColumnIndex;
}

const EMPTY: MetadataIndex = { offers: [], columns: new Map() };

/**
 * Search index: offers of $metadata, and the names of all columns. It is large
 * and loaded after the page; until then the search covers only the datasets. `version` changes when it has to be read again.
 */
export function useMetadataIndex(connectionId: string, version: string): MetadataIndex {
  const [index, setIndex] = useState(EMPTY);
  useEffect(() => {
    const gone = new AbortController();
    readIndex(connectionId, version, gone.signal).then(
      (read) => setIndex(read),
      // The list works without the index; the next action reports an ended session.
      () => undefined,
    );
    return () => gone.abort();
  }, [connectionId, version]);
  return index;
}

async function readIndex(connectionId: string, version: string, signal: AbortSignal): Promise<MetadataIndex> {
  const query = new URLSearchParams({ version });
  const response = await fetch(`/connections/${connectionId}/metadata/index.json?${query}`, { signal });
  if (!response.ok) throw new Error(`the index answered ${response.status}`);
  const { offers, columns } = (await response.json()) as MetadataIndexDto;
  return { offers, columns: new Map(Object.entries(columns)) };
}
