import { expect, it } from 'vitest';
import { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { planRead } from '#lib/domain/run/read-plan.ts';
import { makeColumn } from '#lib/domain/testing/make-column.ts';
import type { Json } from '../api-client.ts';
import { formatReadPlan } from './format-read-plan.ts';

const dataset = (name: string, path: string, parent: { path: string; column: string } | null) =>
  DatasetDefinition.parse({
    ...{ version: 1, name, title: name, area: 'Users', description: '', kind: parent === null ? 'entity' : 'relationship' },
    ...{ entityType: 'microsoft.graph.user', path, parent, permissions: [], licence: null },
    read: { pageSizeMax: 999, select: true, advancedQuery: false, countable: true, delta: false },
    columns: [makeColumn('id', { key: true })],
  });

it('a plan is printed with what takes longest first, in a sentence and in its table', () => {
  const users = dataset('users', '/users', null);
  const methods = dataset('methods', '/users/{id}/authentication/methods', { path: '/users', column: 'user_id' });
  const facts = [
    { rows: 3003, parents: null },
    { rows: null, parents: 3003 },
  ];
  const plan = planRead([users, methods], { users: 3003, latencyMs: 80, facts });
  const lines = formatReadPlan(plan as unknown as Json).split('\n');
  expect(lines[0]).toBe('About 160 requests and 1 h 40 min.');
  expect(lines[1]).toMatch(
    /^methods: 3,007 requests \(in 155 batches\) at 5 per 10 s: 1 h 40 min\. The report user_registration_details/,
  );
  expect(lines.slice(3, 6).map((line) => line.split(/ {2,}/)[0])).toEqual(['DATASET', 'methods', 'users']);
});
