'use client';

import { useEffect } from 'react';

/** Removes the code from the address bar and the browser's history. */
export function DropQuery() {
  useEffect(() => {
    window.history.replaceState(null, '', window.location.pathname);
  }, []);
  return null;
}
