'use client';

import { useEffect } from 'react';
import { SIGN_IN_CHANNEL } from '#components/connection/code-message.ts';

/** Notifies the dialogs of this browser that a sign-in ended without a code; each checks whether it was its own. Sends no other data. */
export function NotifyDialogs() {
  useEffect(() => {
    const channel = new BroadcastChannel(SIGN_IN_CHANNEL);
    channel.postMessage(null);
    channel.close();
  }, []);
  return null;
}
