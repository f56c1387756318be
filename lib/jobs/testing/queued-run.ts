import type { Problem } from '#lib/domain/problem.ts';
import { NO_COUNTS } from '#lib/domain/run/run.ts';
import type { PublishMode } from '#lib/domain/task/task.ts';
import type { DatasetReport } from '#lib/reload/engine/ports.ts';
import { getRun } from '#lib/services/run/get-run.ts';
import { startRun } from '#lib/services/run/start-run.ts';
import { datasetDefinition } from '#lib/services/testing/fake-executor.ts';
import { createTaskFor } from '#lib/services/testing/make-task.ts';
import { createTestWorld, makeConnection } from '#lib/services/testing/test-context.ts';
import type { ReloadRunDeps } from '../handlers/reload-run.ts';
import { type Reload, runnerOf } from './fake-runner.ts';

export const NEVER = new AbortController().signal;
/** The report of a dataset. */
export const report = (state: DatasetReport['state'], problem: Problem | null = null): DatasetReport => ({
  state,
  counts: { ...NO_COUNTS, rowsRead: 7, inserted: 7 },
  problem,
  notes: ['a note'],
  incremental: false,
  unread: [],
  unproven: { count: 0, parents: [] },
  rejected: { count: 0, rows: [] },
});

/** More datasets than are reloaded at once. */
export const MANY = ['d1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7'];

/** A queued run of two (or the given) datasets, and a worker whose engine is `reload`. */
export async function queuedRun(
  reload: Reload,
  datasets: readonly string[] = ['users', 'groups'],
  publish: PublishMode = 'each',
) {
  const world = await createTestWorld();
  world.executor.datasets = [...world.executor.datasets, ...MANY.map((name) => datasetDefinition(name))];
  const ctx = await world.as('editor');
  const connection = await makeConnection(ctx, world);
  const task = await createTaskFor(ctx, connection.id, 'Nightly', { datasets, publish });
  const run = await startRun({ ctx, input: { taskId: task.id } });
  const seen: string[] = [];
  let closed = 0;
  const runner = runnerOf(
    async (request) => {
      seen.push(request.dataset.name);
      return reload(request);
    },
    () => {
      closed++;
    },
  );
  const deps: ReloadRunDeps = { ...ctx, runner };
  return {
    world,
    ctx,
    connection,
    deps,
    seen,
    runId: run.id,
    closed: () => closed,
    now: () => getRun({ ctx, input: { runId: run.id } }),
  };
}
