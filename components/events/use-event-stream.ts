'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useEffectEvent, useState } from 'react';
import { type EventStream, openEventStream, type StreamState } from './event-stream.ts';

/**
 * Follows server-sent events while the component is mounted; null: none. Returns the state of the stream. When the stream is refused,
 * reloads the page's data, which leads to the sign-in page or to not-found.
 */
export function useEventStream(path: string | null, on: EventStream['on']): StreamState {
  const [state, setState] = useState<StreamState>('connecting');
  const router = useRouter();
  const take = useEffectEvent((name: string, data: unknown) => on[name]?.(data) ?? 'goes-on');
  const say = useEffectEvent((next: StreamState) => {
    setState(next);
    if (next === 'refused') router.refresh();
  });
  const names = Object.keys(on).join(' ');

  useEffect(() => {
    if (path === null) return;
    setState('connecting');
    const handlers = names.split(' ').map((name) => [name, (data: unknown) => take(name, data)] as const);
    return openEventStream({ path, on: Object.fromEntries(handlers), onState: (next) => say(next) });
  }, [path, names]);

  return state;
}
