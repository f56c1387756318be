'use client';

import { useEffect, useReducer, useState } from 'react';
import type { RunDto } from '#lib/domain/run/run.ts';
import type { RunView } from './run-view.ts';
import { initialRunView, isFinal, reduceRunView } from './run-view.ts';

/** A line that the browser gave up (an HTTP error) is tried again after this long. Plain drops are the browser's own business. */
const REOPEN_MS = 3_000;

/** The run as it is now: the server's rendering first, then every `run` event of its stream until the run is final. */
export function useRunEvents(run: RunDto): RunView {
  const [view, dispatch] = useReducer(reduceRunView, run, initialRunView);
  const [attempt, setAttempt] = useState(0);
  const ended = view.link === 'ended';

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt opens a new line
  useEffect(() => {
    if (ended) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const source = new EventSource(`/api/v1/runs/${run.id}/events`);
    source.addEventListener('open', () => dispatch({ type: 'opened' }));
    source.addEventListener('run', (event: MessageEvent<string>) => {
      const report = JSON.parse(event.data) as RunDto;
      dispatch({ type: 'report', run: report, atMs: Date.now() });
      // Closed before the server does: an EventSource would open a finished stream again and again.
      if (isFinal(report)) source.close();
    });
    source.addEventListener('error', () => {
      dispatch({ type: 'lost' });
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(() => setAttempt((count) => count + 1), REOPEN_MS);
    });
    return () => {
      source.close();
      clearTimeout(timer);
    };
  }, [run.id, ended, attempt]);

  return view;
}

/** The time now, told every second while `active`. Starts at `startMs`, so that server and browser draw the same first. */
export function useNow(startMs: number, active: boolean): number {
  const [now, setNow] = useState(startMs);
  useEffect(() => {
    if (!active) return;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [active]);
  return now;
}
