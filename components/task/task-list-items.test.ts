import { describe, expect, it, test } from 'vitest';
import { chooseTasks, nextRunOf, type TaskListItem, taskFilters, trendText } from './task-list-items.ts';

const AT = '2026-11-24T12:00:00.000Z';
const run = (state: 'done' | 'failed' | 'partial' | 'running', queuedAt = AT) => ({ id: 'run_1', state, queuedAt });
const schedule = (nextAt: string | null, enabled = true) => ({ sentence: 'Every day', enabled, nextAt });

function task(name: string, over: Partial<TaskListItem> = {}): TaskListItem {
  return {
    ...{ id: `task_${name}`, name, connectionName: 'Contoso', targetName: 'Landing', method: 'full-load', namespace: name },
    ...{ datasets: 'users', lastRun: null, runs: [], isPaused: false, schedule: null },
    ...over,
  };
}

const TASKS = [
  task('a', { lastRun: run('failed', '2026-11-24T12:00:00.000Z'), runs: [{ rows: 5, seconds: 100, succeeded: false }] }),
  task('b', { lastRun: run('running', '2026-11-26T12:00:00.000Z'), runs: [{ rows: 9, seconds: 10, succeeded: true }] }),
  task('c', { connectionName: 'Fabrikam', isPaused: true, schedule: schedule('2026-11-27T00:00:00.000Z') }),
  task('d', {
    targetName: 'Warehouse',
    lastRun: run('partial', '2026-11-25T12:00:00.000Z'),
    schedule: schedule('2026-11-28T00:00:00.000Z'),
  }),
  task('e', { schedule: schedule('2026-11-27T06:00:00.000Z') }),
];
const names = (choice: Partial<Parameters<typeof chooseTasks>[1]>) =>
  chooseTasks(TASKS, { text: '', filter: 'all', sort: 'name', all: false, ...choice })
    .map(({ name }) => name)
    .join('');

describe('the list of tasks', () => {
  test.each([
    [{ text: 'fabri' }, 'c'],
    [{ text: 'CONTOSO ware' }, 'd'],
    [{ text: 'nothing' }, ''],
    [{ filter: 'problems' }, 'ad'],
    [{ filter: 'running' }, 'b'],
    [{ filter: 'paused' }, 'c'],
    [{ filter: 'never' }, 'ce'],
    [{ sort: 'last-run' }, 'bdace'],
    [{ sort: 'next-run' }, 'edabc'],
    [{ sort: 'rows' }, 'bacde'],
    [{ sort: 'duration' }, 'abcde'],
    [{ sort: 'duration', filter: 'running', text: 'b' }, 'b'],
  ] as const)('with %j has the tasks %s', (choice, expected) => {
    expect(names(choice)).toBe(expected);
  });

  it('offers the filters that match tasks; the chosen one stays', () => {
    const counts = (chosen: 'all' | 'paused', items = TASKS) =>
      taskFilters(items, chosen).map(({ value, count }) => [value, count]);
    expect(counts('all')).toEqual([
      ['all', 5],
      ['problems', 2],
      ['running', 1],
      ['paused', 1],
      ['never', 2],
    ]);
    expect(counts('paused', [])).toEqual([
      ['all', 0],
      ['paused', 0],
    ]);
  });

  it('has no next run of a task that is paused or whose schedule is off', () => {
    expect(nextRunOf(task('x', { schedule: schedule(AT) }))).toBe(AT);
    expect(nextRunOf(task('x', { schedule: schedule(AT, false) }))).toBeNull();
    expect(nextRunOf(task('x', { schedule: schedule(AT), isPaused: true }))).toBeNull();
  });
});

test('a trend in words says the span, the last value, and what did not succeed', () => {
  expect(trendText([])).toBeNull();
  expect(trendText([{ rows: 7, seconds: null, succeeded: true }])).toBe('Last 1 run: 7 rows, last 7.');
  const runs = [
    { rows: 1200, seconds: 12, succeeded: true },
    { rows: 0, seconds: 61, succeeded: false },
    { rows: 1350, seconds: 20, succeeded: true },
  ];
  expect(trendText(runs)).toBe('Last 3 runs: 0 to 1,350 rows, last 1,350. Time: 12 s to 1 min 01 s. 1 did not succeed.');
});
