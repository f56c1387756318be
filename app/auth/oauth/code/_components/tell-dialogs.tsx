'use client';

import { useEffect } from 'react';
import { SIGN_IN_CHANNEL } from '#components/connection/code-message.ts';

/** A sign-in has ended without a code: the dialogs of this browser look which one of them it was. Nothing else is said. */
export function TellDialogs() {
  useEffect(() => {
    const channel = new BroadcastChannel(SIGN_IN_CHANNEL);
    channel.postMessage(null);
    channel.close();
  }, []);
  return null;
}
