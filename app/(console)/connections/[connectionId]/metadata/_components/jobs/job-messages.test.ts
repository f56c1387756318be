import { describe, expect, it } from 'vitest';
import type { MetadataJobDto } from '#lib/domain/metadata/metadata.ts';
import { jobMessage, jobPercentage, problemLines, resultLines } from './job-messages.ts';

function job(over: Partial<MetadataJobDto> = {}): MetadataJobDto {
  return {
    id: 'mjob_x',
    connectionId: 'conn_x',
    kind: 'generate',
    state: 'running',
    startedBy: 'ada@contoso.com',
    progress: { done: 0, total: 0, current: null, rows: 0 },
    result: null,
    problem: null,
    queuedAt: '2026-11-25T00:00:00.000Z',
    startedAt: null,
    endedAt: null,
    ...over,
  };
}

describe('a job in words', () => {
  it.each([
    [job({ state: 'queued' }), 'Waiting for a worker'],
    [job(), 'Generating metadata: reading $metadata'],
    [
      job({ progress: { done: 1, total: 20, current: 'users', rows: 1200 } }),
      'Generating metadata: users (1 of 20 datasets, 1,200 rows sampled)',
    ],
    [job({ kind: 'probe', progress: { done: 3, total: 4, current: null, rows: 0 } }), 'Checking access (3 of 4 datasets)'],
    [job({ state: 'cancelled' }), 'Generating was cancelled'],
    [job({ kind: 'probe', state: 'done' }), 'Access checked'],
  ])('%#', (one, words) => {
    expect(jobMessage(one)).toBe(words);
  });

  it('says how far it is only once that is known', () => {
    expect(jobPercentage(job())).toBeNull();
    expect(jobPercentage(job({ progress: { done: 1, total: 4, current: null, rows: 0 } }))).toBe(25);
  });
});

describe('the result of a job', () => {
  const result = {
    datasets: 2,
    differences: { 'dataset-new': 1, 'dataset-gone': 0, 'column-new': 2, 'column-gone': 0, 'column-retyped': 0 },
    sampled: [
      { dataset: 'users', rows: 20, found: ['extension_1_badge'], alwaysNull: 3, problem: null },
      { dataset: 'groups', rows: 0, found: [], alwaysNull: 0, problem: 'Graph refused the request.' },
    ],
    access: null,
  };

  it('tells what waits for a decision and what live rows brought', () => {
    expect(resultLines(job({ state: 'done', result }))).toEqual([
      '1 new dataset: needs a decision',
      '2 new columns: need a decision',
      '20 rows sampled; 3 columns without any value',
      'users: found extension_1_badge in live rows',
    ]);
    expect(problemLines(job({ result }))).toEqual(['groups: Graph refused the request.']);
  });

  it('of a probe is how many can be read', () => {
    const probed = { datasets: 3, differences: null, sampled: null, access: { granted: 2, 'needs-licence': 1 } };
    expect(resultLines(job({ kind: 'probe', state: 'done', result: probed }))).toEqual([
      '2 datasets: readable',
      '1 dataset: need a licence',
    ]);
  });
});
