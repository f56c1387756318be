import { randomInt } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { FINAL_RUN_STATES, type RunDto } from '#lib/domain/run/run.ts';
import { randomFor } from '#lib/emulator/tenant/generate/random.ts';
import { expectConverged, query } from './testing/expect-converged.ts';
import { createWorkerRig, type TaskKind, type WorkerRig } from './testing/worker-rig.ts';

const KILLS = 20;
/** Less than the retries of the job (retryLimit), so that no run ends by its kills. */
const KILLS_A_RUN_MAX = 4;
const KINDS: readonly TaskKind[] = ['compare', 'together', 'load', 'lake', 'together'];
/** Seed of the kills, random unless ENTRADA_KILL_SEED gives one: `ENTRADA_KILL_SEED=123 npm run test:unit -- lib/jobs/killed-worker.test.ts`. */
const SEED = readSeed(process.env['ENTRADA_KILL_SEED']);

it(`kill -9 of the worker at ${KILLS} random moments: the target equals the source every time`, async () => {
  // Printed first, so that it is also shown after a failure or a time-out.
  process.stdout.write(`kill -9: ENTRADA_KILL_SEED=${SEED}\n`);
  // The test mostly waits for workers to start, so two tenants with a worker each are tested concurrently.
  const halves = await Promise.all(['first', 'second'].map((name) => killOneWorker(name, KILLS / 2)));
  process.stdout.write(`${halves.flat().join('\n')}\n`);
}, 600_000);

/** @throws RangeError for a text that is not a seed. */
function readSeed(text: string | undefined): number {
  if (text === undefined) return randomInt(2 ** 31);
  const seed = Number(text);
  if (!/^\d+$/.test(text) || seed >= 2 ** 31)
    throw new RangeError(`ENTRADA_KILL_SEED must be a whole number below ${2 ** 31}: ${text}`);
  return seed;
}

/** Runs tasks of a tenant and kills its worker at `kills` random moments. @returns a line for each kill: the run and its state. */
async function killOneWorker(name: string, kills: number): Promise<readonly string[]> {
  const rig = await createWorkerRig();
  const random = randomFor(SEED, `kill -9, ${name}`, 0);
  let worker = await rig.startWorker();
  // The duration of a run without kills bounds the random moments, since the load of machines differs.
  const first = await rig.startRun('compare');
  let lastsMs = lengthOf(await rig.untilEnded(first));
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
      const run = await rig.run(runId);
      if (FINAL_RUN_STATES.has(run.state)) {
        if (deaths === 0) lastsMs = lengthOf(run);
        break;
      }
      await worker.kill();
      const { datasets } = await rig.run(runId);
      const stood = datasets.map(({ state, counts }) => `${state} ${counts.rowsRead}`).join(', ');
      moments.push(`${name} tenant: ${kind} after ${ms} of ${lastsMs} ms: ${stood}`);
      worker = await rig.startWorker();
      // The first time the queue itself expires the job; later the test does, which saves 10 s each.
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

/** Waits until another worker has the job of the killed one: 10 s after its last heartbeat. */
async function untilRetried(rig: WorkerRig, runId: string): Promise<void> {
  const sql = `SELECT 1 FROM pgboss.job WHERE data->>'runId' = '${runId}' AND retry_count > 0 AND state = 'active'`;
  await vi.waitFor(async () => expect(await query(rig, sql)).toHaveLength(1), { timeout: 60_000, interval: 200 });
}
