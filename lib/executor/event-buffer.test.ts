import { expect, it } from 'vitest';
import { NO_COUNTS } from '#lib/domain/run/run.ts';
import type { DatasetEvent } from './dataset-assignment.ts';
import { EventBuffer } from './event-buffer.ts';

const progress = (state: 'reading' | 'publishing', rowsRead: number): DatasetEvent => ({
  ...{ kind: 'progress', state },
  counts: { ...NO_COUNTS, rowsRead },
});
const waiting = (text: string | null): DatasetEvent => ({
  kind: 'waiting',
  wait: text === null ? null : { kind: 'graph', text, since: '2026-11-28T14:05:00.000Z', until: null },
});

it.each<[string, DatasetEvent[], DatasetEvent[]]>([
  ['the last counters of a state', [progress('reading', 1), progress('reading', 2)], [progress('reading', 2)]],
  ['every state', [progress('reading', 1), progress('publishing', 1)], [progress('reading', 1), progress('publishing', 1)]],
  ['the last reason to wait', [waiting('throttled'), waiting(null)], [waiting(null)]],
  [
    'both kinds in their order',
    [waiting('a'), progress('reading', 1), waiting(null)],
    [waiting('a'), progress('reading', 1), waiting(null)],
  ],
])('a reader that comes late gets %s', async (_, added, read) => {
  const buffer = new EventBuffer();
  for (const event of added) buffer.add(event);
  buffer.end();
  expect(await Array.fromAsync(buffer)).toEqual(read);
});

it('a reader that waits gets each event as it comes', async () => {
  const buffer = new EventBuffer();
  const events = buffer[Symbol.asyncIterator]();
  const first = events.next();
  buffer.add(waiting('throttled'));
  expect(await first).toEqual({ done: false, value: waiting('throttled') });
  const second = events.next();
  buffer.end();
  expect(await second).toMatchObject({ done: true });
});
