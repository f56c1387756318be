'use client';

import { useEffect } from 'react';

/** Takes the code out of the address bar and of the browser's history. */
export function DropQuery() {
  useEffect(() => {
    window.history.replaceState(null, '', window.location.pathname);
  }, []);
  return null;
}
