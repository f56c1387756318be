import type * as timers from 'node:timers/promises';
import { vi } from 'vitest';
import { withFasterWaits } from './testing/faster-waits.ts';
import { testFaults } from './testing/fault-matrix.ts';

vi.mock('node:timers/promises', async (importOriginal) => withFasterWaits(await importOriginal<typeof timers>()));

/** Faults of transport, throttling, paging and delta; those of answers and rows are in fault-matrix-answers.test.ts. */
testFaults([
  { name: 'a storm of 429: every second answer', settings: { throttle: { everyNth: 2, retryAfter: 0.02 } } },
  { name: '429 with a date', settings: { throttle: { everyNth: 25, retryAfter: 'date' } } },
  { name: '503', settings: { unavailableEveryNth: 9 } },
  { name: 'sockets dropped in the middle of a body', settings: { dropEveryNth: 7 } },
  { name: 'truncated JSON', settings: { truncateEveryNth: 7 } },
  { name: 'page tokens that expire twice', settings: { expirePageTokens: 2 } },
  {
    name: 'page tokens that always expire',
    settings: { expirePageTokens: true },
    mayFail: { users: 'page-token-expired', group_members: 'dataset-incomplete' },
  },
  {
    name: 'a loop of next links',
    settings: { nextLinkLoop: true },
    mayFail: { users: 'next-link-loop', group_members: 'dataset-incomplete' },
  },
  { name: 'empty pages with a next link', settings: { emptyPages: true } },
  { name: 'rows that come twice, on two pages', settings: { repeatRows: true } },
  {
    name: 'rows that change, come and go while they are read',
    settings: {
      changeWhileReading: {
        everyNth: 2,
        times: 3,
        changes: { hireUsers: 2, removeUsers: 1, changeUsers: 4, addMembers: 2, removeMembers: 2 },
      },
    },
  },
  { name: '401 with claims', settings: { challengeAfter: 8 } },
  { name: '403 for want of a licence', settings: { unlicensed: '^users(/|$)' }, mayFail: { users: 'missing-licence' } },
  { name: 'delta links that are too old', settings: { deltaLinks: 'expired' } },
  { name: 'delta links that want a resync', settings: { deltaLinks: 'resync' } },
  { name: 'changes that are told twice', settings: { repeatDelta: true } },
]);
