import { setTimeout as sleep } from 'node:timers/promises';
import type { DatasetEvent } from '#lib/executor/dataset-assignment.ts';
import { EVENTS_BYTES_MAX, EVENTS_MAX } from '#lib/gateway/protocol.ts';

export interface EventUploadOptions {
  /** Sends one batch until the server has confirmed it. `first` counts from 1. */
  send(first: number, events: readonly unknown[]): Promise<void>;
  /** Minimum time between two batches, milliseconds. */
  readonly pauseMs: number;
}

/** Uploads the events of one command in order, batch by batch. Buffers few events while the server is unavailable. */
export interface EventUpload {
  /** Resolves when the buffer has room for more. Rejects when a batch could not be sent. */
  add(event: unknown): Promise<void>;
  /** Resolves with the number of events after the server has confirmed all of them. */
  end(): Promise<number>;
}

export function createEventUpload({ send, pauseMs }: EventUploadOptions): EventUpload {
  const pending: { readonly event: unknown; readonly bytes: number }[] = [];
  let sent = 0;
  let isEnding = false;
  let sending: Promise<void> | null = null;
  const pause = new AbortController();
  const takeBatch = (): readonly unknown[] => {
    const batch: unknown[] = [];
    for (let bytes = 0, next = pending[0]; next !== undefined && batch.length < EVENTS_MAX; next = pending[0]) {
      bytes += next.bytes;
      if (bytes > EVENTS_BYTES_MAX && batch.length > 0) break;
      batch.push(next.event);
      pending.shift();
    }
    return batch;
  };
  const sendAll = async (): Promise<void> => {
    while (pending.length > 0) {
      const batch = takeBatch();
      await send(sent + 1, batch);
      sent += batch.length;
      if (!isEnding) await sleep(pauseMs, undefined, { signal: pause.signal }).catch(() => undefined);
    }
    sending = null;
  };
  const start = (): void => {
    sending ??= sendAll();
    // The next call of `add` or `end` rejects with the error; until then it must not count as unhandled.
    sending.catch(() => undefined);
  };
  return {
    async add(event) {
      const last = pending.at(-1);
      if (last !== undefined && replaces(event, last.event)) pending.pop();
      pending.push({ event, bytes: JSON.stringify(event).length });
      start();
      if (pending.length >= EVENTS_MAX) await sending;
    },
    async end() {
      isEnding = true;
      pause.abort();
      while (sending !== null) await sending;
      return sent;
    },
  };
}

/** A later progress event replaces an unsent one of the same dataset in the same state, as in EventBuffer. */
function replaces(later: unknown, earlier: unknown): boolean {
  const [next, last] = [later, earlier] as [Partial<DatasetEvent>, Partial<DatasetEvent>];
  if (next.kind === 'progress' && last.kind === 'progress') return next.state === last.state;
  return next.kind === 'waiting' && last.kind === 'waiting';
}
