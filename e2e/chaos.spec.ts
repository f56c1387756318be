import { randomInt } from 'node:crypto';
import { expect, test } from '@playwright/test';
import { randomFor } from '#lib/emulator/tenant/generate/random.ts';
import {
  activeRuns,
  endsOf,
  expectAllEnded,
  expectChangesRecordedOnce,
  expectEachFiringOnce,
  expectHistoryWhole,
  query,
  takeovers,
} from './support/chaos/checks.ts';
import { type DisorderPlan, disturb, startRun } from './support/chaos/disorder.ts';
import { ALL_KINDS, type ChaosTask, type Installation, startInstallation } from './support/chaos/installation.ts';

/** 0: some seconds, as in CI. `ENTRADA_CHAOS_MINUTES=10 ENTRADA_CHAOS_SEED=123 npm run test:e2e -- e2e/chaos.spec.ts` */
const MINUTES = numberOf('ENTRADA_CHAOS_MINUTES', 0);
const SEED = numberOf('ENTRADA_CHAOS_SEED', randomInt(2 ** 31));
const IS_LONG = MINUTES > 0;
const SCALE = IS_LONG ? { furtherWebs: 1, workers: 3, latencyMs: 800 } : { furtherWebs: 0, workers: 2, latencyMs: 400 };
/** Of each tenant. */
const KINDS = IS_LONG ? [ALL_KINDS, ALL_KINDS] : [['history', 'load'] as const, ['lake'] as const];
const DISORDER: DisorderPlan = IS_LONG
  ? { durationMs: MINUTES * 60_000, pauseMaxMs: 5000, awayMaxMs: 5000, changesTenants: true, restartsDatabase: true }
  : { durationMs: 9000, pauseMaxMs: 2500, awayMaxMs: 500, changesTenants: true, restartsDatabase: true };
const ENDED_WITHIN_MS = 240_000;

test('processes die at random: every run ends, every target equals the tenant, no planned time is lost or doubled', async () => {
  test.setTimeout(MINUTES * 60_000 + 600_000);
  process.stdout.write(`chaos: ENTRADA_CHAOS_SEED=${SEED}\n`);
  const random = randomFor(SEED, 'chaos', 0);
  const at = await startInstallation(SCALE, KINDS);
  try {
    await scheduleEachMinute(at);
    // Something to die in from the first moment on.
    await Promise.all(at.tasks.map((task) => startRun(at, task)));
    print(await disturb(at, random, DISORDER));
    // From here on the tenants stay as they are, and the processes still die.
    const last = Promise.all(at.tasks.map((task) => startOnce(at, task)));
    print(
      await disturb(at, random, {
        ...DISORDER,
        durationMs: DISORDER.durationMs / 10,
        changesTenants: false,
        restartsDatabase: false,
      }),
    );
    await last;
    const overdue = await expectEachFiringOnceSoon(at);
    await at.api.post('/schedules/pause', { paused: true });
    await expect.poll(() => activeRuns(at), { timeout: ENDED_WITHIN_MS, message: 'runs that do not end' }).toEqual([]);
    process.stdout.write(
      `${JSON.stringify(await endsOf(at))}, taken over ${await takeovers(at)} times, started by schedules ${overdue}\n`,
    );
    await expectAllEnded(at);
    for (const task of at.tasks) await expectConverged(at, task);
  } catch (error) {
    for (const { name, output } of [...at.webs, ...at.workers]) process.stdout.write(`${name}:\n${output().slice(-6000)}\n`);
    throw error;
  } finally {
    await at.stop();
  }
});

/** The times of the last minutes are due at once, so that some are missed ones. */
async function scheduleEachMinute({ api, tasks, databaseUrl }: Installation): Promise<void> {
  for (const [index, { id }] of tasks.entries()) {
    const missedRuns = index % 2 === 0 ? 'run-once' : 'skip';
    await api.put(`/tasks/${id}/schedule`, { rule: { kind: 'minutes', every: 1 }, timeZone: 'UTC', missedRuns });
  }
  await query(databaseUrl, "UPDATE schedules SET next_at = next_at - interval '3 minutes'");
}

/** A worker looks for due schedules every few seconds: what is due now is recorded soon. */
async function expectEachFiringOnceSoon(at: Installation): Promise<number> {
  let fired = 0;
  await expect(async () => {
    fired = await expectEachFiringOnce(at);
  }).toPass({ timeout: 60_000 });
  return fired;
}

/** A run that starts after this call. */
async function startOnce(at: Installation, task: ChaosTask): Promise<void> {
  await expect.poll(() => startRun(at, task), { timeout: ENDED_WITHIN_MS, intervals: [500] }).not.toBeNull();
}

async function expectConverged(at: Installation, task: ChaosTask): Promise<void> {
  const [run] = await query(
    at.databaseUrl,
    'SELECT state::text AS state, problem FROM runs WHERE task_id = $1 ORDER BY queued_at DESC LIMIT 1',
    [task.id],
  );
  expect(run, `the last run of ${task.name}`).toEqual({ state: 'done', problem: null });
  expect(await at.readTarget(task), task.name).toEqual(await task.tenant.read());
  if (task.kind === 'history' || task.kind === 'together') await expectChangesRecordedOnce(at, task);
  if (task.kind === 'history') await expectHistoryWhole(at, task);
}

function print(events: ReadonlyMap<string, number>): void {
  process.stdout.write(`${[...events].map(([kind, times]) => `${kind}: ${times}`).join(', ')}\n`);
}

function numberOf(variable: string, otherwise: number): number {
  const value = process.env[variable] ?? '';
  if (value === '') return otherwise;
  if (!/^\d+$/.test(value)) throw new RangeError(`${variable} must be a whole number: ${value}`);
  return Number(value);
}
