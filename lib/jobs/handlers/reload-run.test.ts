import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { DatasetRunState } from '#lib/domain/run/run.ts';
import type { Wait } from '#lib/domain/run/wait.ts';
import { toProblem } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import { JobLeaseLostError } from '#lib/reload/engine/job-lease-lost.ts';
import type { DatasetReport } from '#lib/reload/engine/ports.ts';
import type { PublishOptions } from '#lib/reload/engine/sink.ts';
import { NOTHING } from '#lib/reload/testing/reloading.ts';
import { getConnection } from '#lib/services/connection/get-connection.ts';
import { cancelRun } from '#lib/services/run/cancel-run.ts';
import { startRun } from '#lib/services/run/start-run.ts';
import { IDENTITY } from '#lib/services/testing/fake-executor.ts';
import type { Reload } from '../testing/fake-runner.ts';
import { MANY, NEVER, queuedRun, report } from '../testing/queued-run.ts';
import { reloadRun } from './reload-run.ts';
import { sweepStages } from './sweep-stages.ts';

/** A database that is unreachable when a dataset run changes to `state`. */
function failingOn(db: Db, state: DatasetRunState, error: Error): Db {
  return db.$extends({
    query: {
      datasetRun: {
        async updateMany({ args, query }) {
          if (args.data.state === state) throw error;
          return query(args);
        },
      },
    },
  }) as unknown as Db;
}

describe('reloadRun', () => {
  it('works the datasets and keeps what each reported', async () => {
    const t = await queuedRun(async () => report('done'));
    await reloadRun(t.deps, t.runId, NEVER);
    expect(await t.now()).toMatchObject({
      state: 'done',
      rowsRead: 14,
      datasetsDone: 2,
      startedAt: expect.any(String),
      endedAt: expect.any(String),
      datasets: [
        { state: 'done', counts: { inserted: 7 }, notes: ['a note'] },
        { state: 'done', counts: { inserted: 7 } },
      ],
    });
    expect(t.closed()).toBe(1);
  });

  it('works four datasets at once, and each once', async () => {
    let atOnce = 0;
    let most = 0;
    const t = await queuedRun(async () => {
      most = Math.max(most, ++atOnce);
      while (most < 4) await new Promise((resolve) => setImmediate(resolve));
      atOnce--;
      return report('done');
    }, MANY);
    await reloadRun(t.deps, t.runId, NEVER);
    expect(most).toBe(4);
    expect([...t.seen].sort()).toEqual(MANY);
    expect(await t.now()).toMatchObject({ state: 'done', datasetsDone: MANY.length });
  });

  it('keeps that a dataset was read by its changes, and hands on that everything is wanted', async () => {
    const asked: boolean[] = [];
    const t = await queuedRun(
      async ({ full }) => {
        asked.push(full);
        return { ...report('done'), incremental: true };
      },
      ['users'],
    );
    await reloadRun(t.deps, t.runId, NEVER);
    expect((await t.now()).datasets).toMatchObject([{ incremental: true }]);
    const { taskId } = await t.now();
    const again = await startRun({ ctx: t.ctx, input: { taskId, full: true } });
    await reloadRun(t.deps, again.id, NEVER);
    expect(asked).toEqual([false, true]);
  });

  it('keeps the rest when one dataset fails, even by an error of our own', async () => {
    const t = await queuedRun(async ({ dataset }) => {
      if (dataset.name === 'groups') throw new Error('bug');
      return report('done');
    });
    await reloadRun(t.deps, t.runId, NEVER);
    const { state, datasets } = await t.now();
    expect(state).toBe('partial');
    expect(datasets.find(({ datasetName }) => datasetName === 'groups')).toMatchObject({
      state: 'failed',
      problem: { code: 'internal' },
    });
    expect(datasets.find(({ datasetName }) => datasetName === 'users')).toMatchObject({ state: 'done' });
  });

  it('names the permission that a dataset lacks, without asking Graph for it', async () => {
    const t = await queuedRun(async () => report('done'), ['users', 'devices']);
    await reloadRun(t.deps, t.runId, NEVER);
    expect(t.seen).toEqual(['users']);
    const run = await t.now();
    expect(run.state).toBe('partial');
    expect(run.datasets.find((dataset) => dataset.datasetName === 'devices')).toMatchObject({
      state: 'failed',
      problem: { code: 'missing-permission', title: expect.stringContaining('Device.Read.All'), fixer: 'tenant-admin' },
    });
  });

  it('reads a dataset whose permission was granted after the connection was made', async () => {
    const t = await queuedRun(async () => report('done'), ['devices']);
    t.world.executor.identity = { ...IDENTITY, permissions: ['Device.Read.All'] };
    await reloadRun(t.deps, t.runId, NEVER);
    expect(await t.now()).toMatchObject({ state: 'done' });
  });

  it('marks the connection when Entra refuses the tokens, and begins no further dataset', async () => {
    const refused = { code: 'needs-reauthentication', title: 'Sign in again.' } as const;
    const t = await queuedRun(async () => report('failed', refused), MANY);
    await reloadRun(t.deps, t.runId, NEVER);
    expect(t.seen).toHaveLength(4);
    expect(await t.now()).toMatchObject({ state: 'failed', datasets: MANY.map(() => ({ problem: refused })) });
    expect(await getConnection({ ctx: t.ctx, input: { connectionId: t.connection.id } })).toMatchObject({
      state: 'needs-reauthentication',
    });
  });

  it('stops when the run is cancelled: the datasets under way, and those that had not begun', async () => {
    const t = await queuedRun(async ({ signal }) => {
      if (t.seen.length === 4) await cancelRun({ ctx: t.ctx, input: { runId: t.runId } });
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      return report('cancelled');
    }, MANY);
    await reloadRun(t.deps, t.runId, NEVER);
    expect(t.seen).toHaveLength(4);
    expect(await t.now()).toMatchObject({ state: 'cancelled', datasets: MANY.map(() => ({ state: 'cancelled' })) });
  });

  it('lets the others go, with what they have staged, when the database is lost on the way', async () => {
    const reasons: unknown[] = [];
    const t = await queuedRun(async ({ dataset, signal }) => {
      if (dataset.name === 'd2') {
        while (t.seen.length < 4) await new Promise((resolve) => setImmediate(resolve));
        return report('done');
      }
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      reasons.push(signal.reason);
      return report('cancelled');
    }, MANY);
    const db = failingOn(t.deps.db, 'done', Object.assign(new Error('gone'), { code: 'P1001' }));
    await expect(reloadRun({ ...t.deps, db }, t.runId, NEVER)).rejects.toThrow('gone');
    expect(reasons).toEqual([0, 1, 2].map(() => expect.any(JobLeaseLostError)));
    expect(t.seen).toHaveLength(4);
    const { state, datasets } = await t.now();
    expect(state).toBe('running');
    expect(datasets.map((dataset) => dataset.state).filter((one) => one !== 'reading')).toEqual(['queued', 'queued', 'queued']);
    expect(t.closed()).toBe(1);
  });

  it('goes on where a dead worker left: ended datasets are not repeated', async () => {
    const t = await queuedRun(async () => report('done'));
    const [first] = (await t.now()).datasets;
    await t.world.db.run.update({ where: { id: t.runId }, data: { state: 'running' } });
    await t.world.db.datasetRun.update({ where: { id: first?.id ?? '' }, data: { state: 'done' } });
    await reloadRun(t.deps, t.runId, NEVER);
    expect(t.seen).toEqual(['users']);
    expect(await t.now()).toMatchObject({ state: 'done' });
  });

  it('writes nothing more once another worker has its job', async () => {
    const lost = new AbortController();
    const t = await queuedRun(async () => {
      lost.abort();
      return report('cancelled');
    });
    await reloadRun(t.deps, t.runId, lost.signal);
    expect(await t.now()).toMatchObject({ state: 'running', datasets: [{ state: 'reading' }, { state: 'reading' }] });
  });

  it('leaves a run alone that is over', async () => {
    const t = await queuedRun(async () => report('done'));
    await cancelRun({ ctx: t.ctx, input: { runId: t.runId } });
    await reloadRun(t.deps, t.runId, NEVER);
    expect(t.seen).toEqual([]);
    expect(await t.now()).toMatchObject({ state: 'cancelled' });
  });

  it('ends a run whose secrets cannot be opened with words, not with a retry', async () => {
    const t = await queuedRun(async () => report('done'));
    await t.world.db.secret.updateMany({ data: { envelope: 'v1.k1.a.b.c.d' } });
    await reloadRun(t.deps, t.runId, NEVER);
    expect(await t.now()).toMatchObject({
      state: 'failed',
      problem: { code: 'internal' },
      datasets: [{ state: 'failed' }, { state: 'failed' }],
    });
  });
});

describe('a dataset run that waits', () => {
  it('shows what a dataset waits for while it does, and nothing once it ended', async () => {
    const wait: Wait = {
      kind: 'graph',
      text: 'A system between Entrada and Graph answered instead of Graph: text/html from graph.test.',
      since: '2026-11-28T14:05:00.000Z',
      until: null,
    };
    const shown: (Wait | null)[] = [];
    const t = await queuedRun(
      async ({ onWait }) => {
        for (const reason of [wait, null, wait]) {
          onWait(reason);
          await vi.waitFor(async () => expect((await t.now()).datasets[0]?.wait).toEqual(reason));
          shown.push(reason);
        }
        return report('done');
      },
      ['users'],
    );
    await reloadRun(t.deps, t.runId, NEVER);
    expect(shown).toEqual([wait, null, wait]);
    expect((await t.now()).datasets).toMatchObject([{ state: 'done', wait: null }]);
  });
});

describe('a run whose datasets are published together', () => {
  /** A dataset that was read, and waits in its group. */
  const joining = async ({ dataset, datasetRunId, signal, group, onWait }: Parameters<Reload>[0]): Promise<DatasetReport> => {
    onWait({ kind: 'other-datasets', text: 'Read.', since: '2026-11-28T14:05:00.000Z', until: null });
    const sink = {
      findPublished: async () => null,
      publish: async () => NOTHING,
      publishTogether: async (all: readonly unknown[]) => all.map(() => ({ published: NOTHING })),
    };
    const options = { plan: { dataset: { name: dataset.name } }, signal } as PublishOptions;
    try {
      await group?.join(datasetRunId, { sink, options, open: () => Promise.reject(new Error('closed')), rest: () => undefined });
      return report('done');
    } catch (error) {
      return report('failed', toProblem(error, dataset.name));
    }
  };

  it('gives the slots of datasets that wait for the others to those', async () => {
    const t = await queuedRun(joining, MANY, 'together');
    await reloadRun(t.deps, t.runId, NEVER);
    expect(await t.now()).toMatchObject({ state: 'done', datasetsDone: MANY.length });
  });

  it('fails, and says why nothing was published, when one dataset could not even begin', async () => {
    const t = await queuedRun(joining, ['users', 'devices'], 'together');
    await reloadRun(t.deps, t.runId, NEVER);
    const { state, problem, datasets } = await t.now();
    expect({ state, problem }).toMatchObject({
      state: 'failed',
      problem: { title: 'Nothing of this run was published, because devices could not be published.' },
    });
    expect(datasets.find(({ datasetName }) => datasetName === 'users')?.problem?.code).toBe('not-published-together');
  });
});

describe('sweepStages', () => {
  it('removes what was staged for runs that are over or gone, and keeps the stages of those that go on', async () => {
    const t = await queuedRun(async () => report('done'));
    const [first, second] = (await t.now()).datasets.map(({ id }) => id);
    await t.world.db.datasetRun.update({ where: { id: first ?? '' }, data: { state: 'failed' } });
    const workDir = mkdtempSync(join(tmpdir(), 'entrada-work-'));
    onTestFinished(() => rmSync(workDir, { recursive: true, force: true }));
    for (const name of [first, second, 'dsrun_gone', 'of-somebody-else']) mkdirSync(join(workDir, name ?? ''));
    expect(await sweepStages(t.world.db, workDir)).toBe(2);
    expect(readdirSync(workDir).sort()).toEqual([second, 'of-somebody-else'].sort());
    expect(await sweepStages(t.world.db, join(workDir, 'not there'))).toBe(0);
  });
});
