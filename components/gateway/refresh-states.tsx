'use client';

import { useRouter } from 'next/navigation';
import { useSyncExternalStore } from 'react';
import { useEventStream } from '#components/events/use-event-stream.ts';

/** Reloads the page's data when a gateway has changed, while the page is visible. Keeps input. */
export function RefreshStates() {
  const router = useRouter();
  const isVisible = useSyncExternalStore(onVisibilityChange, isPageVisible, () => false);
  // Its first event is what changed since the page was made, or since it was last visible.
  useEventStream(isVisible ? '/api/v1/gateways/events' : null, {
    gateways: () => {
      router.refresh();
      return 'goes-on';
    },
  });
  return null;
}

function onVisibilityChange(onChange: () => void): () => void {
  document.addEventListener('visibilitychange', onChange);
  return () => document.removeEventListener('visibilitychange', onChange);
}

function isPageVisible(): boolean {
  return document.visibilityState === 'visible';
}
