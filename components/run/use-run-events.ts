'use client';

import { useEffect, useReducer, useState } from 'react';
import type { StreamState } from '#components/events/event-stream.ts';
import { useEventStream } from '#components/events/use-event-stream.ts';
import type { RunDto } from '#lib/domain/run/run.ts';
import { type CompactRun, expandRun } from './compact-run.ts';
import { initialRunView, isFinal, type RunView, reduceRunView } from './run-view.ts';

/** The current run: first as the server rendered it, then updated by the events of its stream until the run is final. */
export function useRunEvents(run: CompactRun): { readonly view: RunView; readonly stream: StreamState } {
  const [view, dispatch] = useReducer(reduceRunView, run, (first) => initialRunView(expandRun(first)));
  const take = (type: 'whole' | 'change') => (data: unknown) => {
    const report = data as RunDto;
    dispatch({ type, run: report, atMs: Date.now() });
    return isFinal(report) ? 'ended' : 'goes-on';
  };
  const path = isFinal(view.run) ? null : `/api/v1/runs/${run.id}/events`;
  const stream = useEventStream(path, { run: take('whole'), change: take('change') });
  return { view, stream };
}

/** The current time, updated every second while `active`. Starts at `startMs`, so that server and browser render the same. */
export function useNow(startMs: number, active: boolean): number {
  const [now, setNow] = useState(startMs);
  useEffect(() => {
    if (!active) return;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [active]);
  return now;
}
