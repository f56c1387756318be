'use client';

import { useSyncExternalStore } from 'react';
import { formatAgo, formatInstant } from '#lib/domain/format.ts';

const TICK_MS = 15_000;

function subscribe(onChange: () => void): () => void {
  const timer = setInterval(onChange, TICK_MS);
  return () => clearInterval(timer);
}

/** Rounded, so that the snapshot is stable between two ticks. */
const nowRounded = () => Math.floor(Date.now() / TICK_MS) * TICK_MS;
const onServer = () => null;

/**
 * A relative time, with the exact time on hover. The server does not know the reader's time zone or the time of reading: it
 * renders UTC, and the browser replaces it.
 */
interface TimeAgoProps {
  readonly at: string;
  /** Shows date and time, for times in the future. */
  readonly exact?: boolean;
  readonly className?: string;
}

export function TimeAgo({ at, exact = false, className }: TimeAgoProps) {
  const now = useSyncExternalStore<number | null>(subscribe, nowRounded, onServer);
  const atMs = Date.parse(at);
  const zone = now === null ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <time dateTime={at} title={`${formatInstant(atMs, zone)}${now === null ? ' UTC' : ''}`} className={className}>
      {now === null || exact ? formatInstant(atMs, zone) : formatAgo(atMs, Math.max(now, atMs), zone)}
    </time>
  );
}
