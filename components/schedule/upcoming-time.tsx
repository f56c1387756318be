'use client';

import { useSyncExternalStore } from 'react';
import { formatPlanned } from '#components/schedule/planned-time.tsx';

const subscribe = () => () => undefined;

/** A future time in the reader's time zone; the server, which does not know it, renders UTC. */
export function UpcomingTime({ at }: { readonly at: string }) {
  const zone = useSyncExternalStore(
    subscribe,
    () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    () => 'UTC',
  );
  return <time dateTime={at}>{formatPlanned(at, zone)}</time>;
}
