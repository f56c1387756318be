import { expect, test } from 'vitest';
import { NO_COUNTS, type UnreadColumn } from '#lib/domain/run/run.ts';
import type { DatasetReport } from '#lib/reload/engine/ports.ts';
import { getRun } from '#lib/services/run/get-run.ts';
import { startRun } from '#lib/services/run/start-run.ts';
import { createTaskFor } from '#lib/services/testing/make-task.ts';
import { createTestWorld, makeConnection } from '#lib/services/testing/test-context.ts';
import { type Reload, runnerOf } from '../testing/fake-runner.ts';
import { type ReloadRunDeps, reloadRun } from './reload-run.ts';

type Request = Parameters<Reload>[0];

const reportOf = (unread: readonly UnreadColumn[], state: DatasetReport['state']): DatasetReport => ({
  ...{ state, counts: NO_COUNTS, problem: null, notes: [], incremental: false },
  unread,
  unproven: { count: 0, parents: [] },
  rejected: { count: 0, rows: [] },
});

/** Runs of one task in sequence; each returns the input of the engine and the end of the run. */
async function createRuns() {
  const world = await createTestWorld();
  const ctx = await world.as('editor');
  const connection = await makeConnection(ctx, world);
  const task = await createTaskFor(ctx, connection.id, 'Nightly', { datasets: ['users'] });
  return async (report: DatasetReport) => {
    const { id } = await startRun({ ctx, input: { taskId: task.id } });
    await world.db.run.update({ where: { id }, data: { jobId: null } });
    let request: Request | null = null;
    const runner = runnerOf(async (asked) => {
      request = asked;
      return report;
    });
    const deps: ReloadRunDeps = { ...ctx, runner };
    await reloadRun(deps, id, new AbortController().signal);
    return {
      request: (request ?? expect.fail('nothing was reloaded')) as Request,
      run: await getRun({ ctx, input: { runId: id } }),
    };
  };
}

const TITLE: UnreadColumn = { name: 'displayName', reason: 'Graph refuses it.', since: '2026-11-20T08:00:00.000Z' };

test('a run with a column that could not be read is done with problems, and the next one knows since when', async () => {
  const runTask = await createRuns();
  const first = await runTask(reportOf([TITLE], 'partial'));
  expect(first.run).toMatchObject({ state: 'partial', datasetsDone: 1, datasets: [{ state: 'partial', unread: [TITLE] }] });
  expect(first.request).toMatchObject({ unreadBefore: [], readBefore: [], unreadAtStart: [] });
  // A run without a publish in between leaves the column's state unchanged.
  await runTask(reportOf([], 'failed'));
  const second = await runTask(reportOf([], 'done'));
  expect(second.request).toMatchObject({ unreadBefore: [TITLE], readBefore: ['id'] });
  expect(second.run).toMatchObject({ state: 'done', datasets: [{ unread: [] }] });
  const drift = [{ change: 'new', column: 'jobTitle', from: null, to: null, action: 'added' }] as const;
  const third = await runTask({ ...reportOf([], 'done'), drift });
  expect(third.request).toMatchObject({ unreadBefore: [], readBefore: ['id', 'displayName'] });
  expect([second.run, third.run].map(({ datasets }) => datasets[0]?.drift)).toEqual([[], drift]);
});
