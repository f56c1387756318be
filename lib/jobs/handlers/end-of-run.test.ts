import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { createRunMetrics } from '#lib/platform/metrics/metrics.ts';
import { cancelRun } from '#lib/services/run/cancel-run.ts';
import { endRun } from '#lib/services/run/end-run.ts';
import { MANY, NEVER, queuedRun, report } from '../testing/queued-run.ts';
import { failLostRuns } from './fail-lost-runs.ts';
import { reloadRun } from './reload-run.ts';

const PROBLEM = { code: 'internal', title: 'It went wrong.' } as const;
const JOB = { kind: 'job', jobName: 'reload-run' } as const;

/** Audit events about the end of the run. */
const endsOf = (t: Awaited<ReturnType<typeof queuedRun>>) =>
  t.world.db.auditEvent.findMany({
    where: { action: 'run.end', subjectId: t.runId },
    select: { actorKind: true, actorId: true, detail: true },
  });

describe('a run ends once', () => {
  it('with a line of the audit trail that says by what and how', async () => {
    const t = await queuedRun(async () => report('done'));
    await reloadRun(t.deps, t.runId, NEVER);
    const { taskId } = await t.now();
    expect(await endsOf(t)).toEqual([{ actorKind: 'job', actorId: 'reload-run', detail: { taskId, state: 'done' } }]);
  });

  it('when its worker, a person and the sweep end it at the same moment', async () => {
    const t = await queuedRun(async () => {
      await Promise.allSettled([
        cancelRun({ ctx: t.ctx, input: { runId: t.runId } }),
        failLostRuns(t.deps, async () => false),
        t.deps.db.$transaction((tx) =>
          endRun(tx, { runId: t.runId, cause: { kind: 'failed', attempt: 1, problem: PROBLEM }, at: new Date(), actor: JOB }),
        ),
      ]);
      return report('done');
    }, MANY);
    await reloadRun(t.deps, t.runId, NEVER);
    const { state, datasets } = await t.now();
    const ends = await endsOf(t);
    expect(ends).toHaveLength(1);
    expect(ends[0]?.detail).toMatchObject({ state });
    expect(datasets.filter(({ endedAt }) => endedAt === null)).toEqual([]);
  });

  it('and stays cancelled, whatever its worker reports afterwards', async () => {
    const t = await queuedRun(async () => report('done'));
    await cancelRun({ ctx: t.ctx, input: { runId: t.runId } });
    const before = await t.now();
    for (const cause of [
      { kind: 'worked', attempt: 0 },
      { kind: 'failed', attempt: 0, problem: PROBLEM },
      { kind: 'lost', problem: PROBLEM },
      { kind: 'cancelled' },
    ] as const) {
      const end = t.deps.db.$transaction((tx) => endRun(tx, { runId: t.runId, cause, at: new Date(), actor: JOB }));
      expect(await end, cause.kind).toBeNull();
    }
    expect(await t.now()).toEqual(before);
  });

  it('a cancel that comes twice is one cancel', async () => {
    const t = await queuedRun(async () => {
      await cancelRun({ ctx: t.ctx, input: { runId: t.runId } });
      expect(await cancelRun({ ctx: t.ctx, input: { runId: t.runId } })).toMatchObject({ state: 'cancelling' });
      return report('cancelled');
    });
    await reloadRun(t.deps, t.runId, NEVER);
    expect(await t.now()).toMatchObject({ state: 'cancelled' });
    expect(await t.world.db.auditEvent.count({ where: { action: 'run.cancel' } })).toBe(1);
    await expect(cancelRun({ ctx: t.ctx, input: { runId: t.runId } })).rejects.toMatchObject({ code: 'run-is-over' });
  });
});

describe('a worker that was taken for dead', () => {
  it('changes nothing when it reports after the run was ended as lost', async () => {
    const t = await queuedRun(async () => {
      await failLostRuns(t.deps, async () => false);
      return report('done');
    });
    await reloadRun(t.deps, t.runId, NEVER);
    expect(await t.now()).toMatchObject({
      state: 'failed',
      problem: { code: 'run-lost' },
      rowsRead: 0,
      datasets: [{ state: 'failed' }, { state: 'failed' }],
    });
    expect(await endsOf(t)).toMatchObject([{ actorKind: 'job', actorId: 'fail-lost-runs', detail: { problem: 'run-lost' } }]);
  });

  it('changes nothing when it reports while another worker has the run', async () => {
    let late: Promise<void> | undefined;
    const t = await queuedRun(
      async ({ reporter }) => {
        if (late !== undefined) return report('done');
        // During the first dataset of the first worker, another worker claims the run and works it to its end.
        late = reloadRun(t.deps, t.runId, NEVER);
        await late;
        reporter.progress('publishing', report('failed').counts);
        return report('failed', PROBLEM);
      },
      ['users'],
    );
    await reloadRun(t.deps, t.runId, NEVER);
    expect(await t.now()).toMatchObject({ state: 'done', problem: null, datasets: [{ state: 'done', problem: null }] });
    expect(await endsOf(t)).toHaveLength(1);
  });

  it('ends nothing with the attempt of before, though the run goes on', async () => {
    let begun = 0;
    const bothRead = Promise.withResolvers<void>();
    const t = await queuedRun(async () => {
      if (++begun === 2) bothRead.resolve();
      await bothRead.promise;
      await t.world.db.run.update({ where: { id: t.runId }, data: { attempt: 2 } });
      await t.world.db.datasetRun.updateMany({ where: { runId: t.runId }, data: { attempt: 2 } });
      return report('failed', PROBLEM);
    });
    await reloadRun(t.deps, t.runId, NEVER);
    expect(await t.now()).toMatchObject({ state: 'running', datasets: [{ state: 'reading' }, { state: 'reading' }] });
  });
});

describe('failLostRuns', () => {
  it('ends runs without a job and leaves those with one', async () => {
    const t = await queuedRun(async () => report('done'));
    expect(await failLostRuns(t.deps, async () => true)).toBe(0);
    const registry = new Registry();
    const observer = createRunMetrics(registry);
    expect(await failLostRuns({ ...t.deps, observer }, async () => false)).toBe(1);
    expect(await registry.metrics()).toContain('entrada_runs_ended_total{state="failed"} 1');
    expect(await t.now()).toMatchObject({
      state: 'failed',
      problem: { code: 'run-lost' },
      datasets: [{ state: 'failed' }, { state: 'failed' }],
    });
    expect(await failLostRuns(t.deps, async () => false)).toBe(0);
  });
});
