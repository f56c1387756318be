import { useEffect, useState } from 'react';

/** What was read from an address of the API. */
export interface FetchState<T> {
  /** Null: not read yet. Stays while it is read again. */
  readonly data: T | null;
  readonly hasFailed: boolean;
  readonly retry: () => void;
}

/** Reads `path` of the API, and again when `version` changes. */
export function useFetched<T>(path: string, version: string): FetchState<T> {
  const [data, setData] = useState<T | null>(null);
  const [hasFailed, setHasFailed] = useState(false);
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version or attempt reads again
  useEffect(() => {
    const stop = new AbortController();
    const read = async () => {
      try {
        const answer = await fetch(path, { signal: stop.signal, headers: { accept: 'application/json' } });
        if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}`);
        const json = (await answer.json()) as T;
        if (stop.signal.aborted) return;
        setData(json);
        setHasFailed(false);
      } catch {
        if (!stop.signal.aborted) setHasFailed(true);
      }
    };
    void read();
    return () => stop.abort();
  }, [path, version, attempt]);
  return { data, hasFailed, retry: () => setAttempt((last) => last + 1) };
}
