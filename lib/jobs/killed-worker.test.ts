import { randomInt } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { FINAL_RUN_STATES, type RunDto } from '#lib/domain/run/run.ts';
import { randomFor } from '#lib/emulator/tenant/random.ts';
import { expectConverged, query } from './testing/expect-converged.ts';
import { createWorkerRig, type TaskKind, type WorkerRig } from './testing/worker-rig.ts';

const KILLS = 20;
/** A run survives five deaths of its worker (retryLimit of the job); the one after that would end it. */
const KILLS_A_RUN_MAX = 4;
const KINDS: readonly TaskKind[] = ['compare', 'compare', 'load', 'lake', 'compare'];
/** Printed with the moments; put it here to see the same ones again. */
const SEED = randomInt(2 ** 31);

it(`kill -9 of the worker at ${KILLS} random moments: the target equals the source every time`, async () => {
  // Most of it is waiting for workers to start: two tenants with a worker each are killed side by side.
  const halves = await Promise.all(['first', 'second'].map((name) => killOneWorker(name, KILLS / 2)));
  process.stdout.write(`kill -9: seed ${SEED}\n${halves.flat().join('\n')}\n`);
}, 600_000);

/** Runs of a tenant whose worker dies at `kills` random moments; answers what it was about each time. */
async function killOneWorker(name: string, kills: number): Promise<readonly string[]> {
  const rig = await createWorkerRig();
  const random = randomFor(SEED, `kill -9, ${name}`, 0);
  let worker = await rig.startWorker();
  // How long a run takes here and now says what its moments are.
  const first = await rig.startRun('compare');
  const lastsMs = lengthOf(await rig.untilEnded(first));
  await expectConverged(rig, 'compare', first, worker);
  const moments: string[] = [];
  for (let runs = 0; moments.length < kills; runs++) {
    const kind = KINDS[runs % KINDS.length] ?? 'compare';
    await rig.passDay();
    const runId = await rig.startRun(kind);
    for (let deaths = 0; deaths < KILLS_A_RUN_MAX && moments.length < kills; deaths++) {
      await rig.untilActive(runId);
      const ms = random.int(lastsMs);
      await after(ms);
      if (FINAL_RUN_STATES.has((await rig.run(runId)).state)) break;
      await worker.kill();
      const { datasets } = await rig.run(runId);
      const stood = datasets.map(({ state, counts }) => `${state} ${counts.rowsRead}`).join(', ');
      moments.push(`${name} tenant: ${kind} after ${ms} of ${lastsMs} ms: ${stood}`);
      worker = await rig.startWorker();
      // Once by the queue itself, which takes its time; then as it does it, at once.
      if (moments.length === 1) await untilRetried(rig, runId);
      else await rig.expireJob(runId);
    }
    await rig.untilEnded(runId);
    await expectConverged(rig, kind, runId, worker);
  }
  await vi.waitFor(() => expect(rig.stages()).toEqual([]), { timeout: 15_000 });
  await worker.stop();
  return moments;
}

function lengthOf({ startedAt, endedAt }: RunDto): number {
  return Date.parse(endedAt ?? '') - Date.parse(startedAt ?? '');
}

/** Until another worker has got the job of a dead one: after 10 s without a heartbeat. */
async function untilRetried(rig: WorkerRig, runId: string): Promise<void> {
  const sql = `SELECT 1 FROM pgboss.job WHERE data->>'runId' = '${runId}' AND retry_count > 0 AND state = 'active'`;
  await vi.waitFor(async () => expect(await query(rig, sql)).toHaveLength(1), { timeout: 60_000, interval: 200 });
}
