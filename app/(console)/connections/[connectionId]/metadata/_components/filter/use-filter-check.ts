'use client';

import { useEffect, useState } from 'react';
import type { FilterCheckDto } from '#lib/domain/metadata/metadata.ts';
import type { Problem } from '#lib/domain/problem.ts';

/** Pause in typing after which Graph is asked, milliseconds. */
const PAUSE_MS = 450;

export type FilterCheckView =
  | { readonly state: 'idle' | 'asking' }
  | { readonly state: 'matches'; readonly rows: number | null }
  | { readonly state: 'refused'; readonly problem: Problem };

const UNREACHED: Problem = {
  code: 'server-unreachable',
  title: 'Entrada did not answer.',
  remedy: 'Check that Entrada is running. Then change the filter to check it again.',
  fixer: 'operator',
};

/**
 * Sends a filter to Graph through `path` after a pause in typing; a newer text aborts the request. Null: no request. Not a server
 * action, since those run one after the other and cannot be aborted.
 */
export function useFilterCheck(path: string, filter: string | null): FilterCheckView {
  const [answer, setAnswer] = useState<{ readonly filter: string; readonly view: FilterCheckView } | null>(null);
  useEffect(() => {
    if (filter === null) return;
    const gone = new AbortController();
    const settle = (view: FilterCheckView) => {
      if (!gone.signal.aborted) setAnswer({ filter, view });
    };
    const timer = setTimeout(() => {
      ask(path, filter, gone.signal).then(settle, () => settle({ state: 'refused', problem: UNREACHED }));
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      gone.abort();
    };
  }, [path, filter]);
  if (filter === null) return { state: 'idle' };
  return answer?.filter === filter ? answer.view : { state: 'asking' };
}

async function ask(path: string, filter: string, signal: AbortSignal): Promise<FilterCheckView> {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ filter }),
    signal,
  });
  if (!response.ok) return { state: 'refused', problem: (await response.json()) as Problem };
  const { valid, rows, problem } = (await response.json()) as FilterCheckDto;
  return valid || problem === null ? { state: 'matches', rows } : { state: 'refused', problem };
}
