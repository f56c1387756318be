import { expect, test } from 'vitest';
import type { DatasetReadPlan } from '#lib/domain/run/read-plan.ts';
import { datasetPlanDetails, planSummary, quotaMessage, readStrategyMessage } from './plan-messages.ts';

const USERS: DatasetReadPlan = {
  name: 'users',
  title: 'Users',
  pattern: 'parts',
  rows: 200_000,
  parents: null,
  pageSize: 999,
  select: ['id', 'displayName'],
  splitBy: 'userPrincipalName',
  chains: 29,
  requests: 260,
  quotaClass: 'directory',
  units: 1200,
  seconds: 3.3,
  boundBy: 'rows',
  alternative: null,
  notes: [],
};

test.each([
  [{}, '29 parts in parallel, by userPrincipalName'],
  [{ pattern: 'one-request' }, 'one request'],
  [{ pattern: 'pages' }, 'page after page, 999 rows each'],
  [{ pattern: 'pages', pageSize: null }, 'page after page'],
  [{ pattern: 'batches', parents: 20_000, chains: 16 }, 'batches of 20 for 20,000 parents, 16 at once'],
  [{ pattern: 'batches', parents: null, chains: 1 }, 'batches of 20 for each parent, 1 at once'],
] as const)('%j is read in %s', (over, words) => {
  expect(readStrategyMessage({ ...USERS, ...over })).toBe(words);
});

test('the summary says what is not known', () => {
  const plan = {
    tenantSize: 'L',
    users: 200_000,
    latencyMs: 80,
    quotas: [],
    dominant: null,
    requests: 260,
    seconds: 3.3,
  } as const;
  expect(planSummary({ ...plan, datasets: [USERS] })).toBe(
    'About 260 requests and 3.3 s. 200,000 users: a large tenant; a request takes 80 ms.',
  );
  expect(planSummary({ ...plan, users: null, datasets: [USERS, { ...USERS, seconds: null }] })).toContain(
    'and 1 dataset of unknown size. The number of users is not known;',
  );
});

test('quotas and details are sentences', () => {
  expect(
    quotaMessage({ quotaClass: 'directory', units: 40_021, capacity: 8000, windowSeconds: 10, learned: false, seconds: 40 }),
  ).toBe('Directory: 40,021 needed, 8,000 resource units in 10 s allowed, at least 40 s');
  expect(datasetPlanDetails({ ...USERS, notes: ['So it is.'] })).toEqual([
    '$select of 2 properties.',
    '1,200 resource units.',
    'The limit is the processing of the rows.',
    'So it is.',
  ]);
});
