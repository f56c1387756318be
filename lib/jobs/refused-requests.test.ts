import { expect, it } from 'vitest';
import { getRunSeries } from '#lib/services/run/get-run-series.ts';
import { createWorkerRig } from './testing/worker-rig.ts';

it('answers 429 of a run are in its series when they came, and in the counts of its datasets', async () => {
  const rig = await createWorkerRig();
  await rig.misbehave({ throttle: { everyNth: 4, retryAfter: 1 } });
  const worker = await rig.startWorker();
  const runId = await rig.startRun('compare');
  const run = await rig.untilEnded(runId);
  await worker.stop();
  expect(run.state, worker.said()).toBe('done');
  const refused = run.datasets.reduce((sum, { counts }) => sum + (counts.refused ?? 0), 0);
  expect(refused).toBeGreaterThan(1);
  const { points } = await getRunSeries({ ctx: rig.ctx, input: { runId } });
  expect(points.reduce((sum, point) => sum + point.refused, 0)).toBe(refused);
  // The waits that they ask for last longer than a step: they cannot all fall into one.
  expect(points.filter((point) => point.refused > 0).length).toBeGreaterThan(1);
}, 120_000);
