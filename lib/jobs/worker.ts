import { PgBoss } from 'pg-boss';
import { DATASET_CONCURRENCY } from '#lib/domain/run/dataset-concurrency.ts';
import { JobLeaseLostError } from '#lib/reload/engine/job-lease-lost.ts';
import type { SourceResolver } from '#lib/services/ports.ts';
import { fireSchedules } from '#lib/services/schedule/fire-schedules.ts';
import { isAnyDue } from '#lib/store/schedule/schedules.ts';
import { checkConnectionsJob } from './definitions/check-connections.ts';
import { fireSchedulesJob } from './definitions/fire-schedules.ts';
import { metadataJob } from './definitions/metadata-job.ts';
import { reloadRunJob } from './definitions/reload-run.ts';
import { removeExpiredJob } from './definitions/remove-expired.ts';
import { checkConnections } from './handlers/check-connections.ts';
import type { DeliverDeps } from './handlers/deliver-notification.ts';
import { failLostMetadataJobs } from './handlers/fail-lost-metadata-jobs.ts';
import { failLostRuns } from './handlers/fail-lost-runs.ts';
import { giveUpGatewayCommands } from './handlers/give-up-gateway-commands.ts';
import { runMetadataJob } from './handlers/metadata-job.ts';
import { startNotifier } from './handlers/notifier.ts';
import { type ReloadRunDeps, reloadRun } from './handlers/reload-run.ts';
import { removeExpired } from './handlers/remove-expired.ts';
import { sweepStages } from './handlers/sweep-stages.ts';
import { jobSender } from './queue.ts';
import { startRunPollers } from './run-pollers.ts';
import { createWorkerSlots } from './worker-slots.ts';

export interface WorkerDeps extends ReloadRunDeps {
  readonly executor: SourceResolver;
  readonly databaseUrl: string;
  /** Runs that this process works at once; runs that only wait do not count. */
  readonly runsAtOnce?: number;
  /** Datasets of all these runs that it works at once. */
  readonly datasetsAtOnce?: number;
  /** Folder of the stages; those of runs that nobody goes on with are removed. */
  readonly workDir?: string;
  /** How notifications leave; without it, they stay in the outbox. */
  readonly notifications?: Pick<DeliverDeps, 'delivery' | 'baseUrl'>;
}

export interface RunningWorker {
  /**
   * Takes no more jobs, gives the ones at hand a moment, and hands the others back to the queue: another worker goes on from what they
   * have staged. The process should exit then.
   */
  stop(): Promise<void>;
}

/** How often jobs without a heartbeat are looked for, and lost runs with them, seconds. */
const SUPERVISE_SECONDS = 5;
/** Runs that a worker works at once. */
export const RUNS_AT_ONCE = 4;
/** Runs beyond those that it keeps open while they only wait. */
const IDLE_RUNS_MAX = 12;
/** Most of their time they wait for the quotas of a tenant's services. */
const METADATA_JOBS_AT_ONCE = 3;
/** Time that a stopping worker gives its runs to end by themselves, milliseconds. */
const STOP_MS = 3000;
const ALIVE: ReadonlySet<string> = new Set(['created', 'retry', 'active']);

/** Starts to work runs of the queue. */
export async function startWorker(deps: WorkerDeps): Promise<RunningWorker> {
  const boss = new PgBoss({
    connectionString: deps.databaseUrl,
    max: 4,
    useListenNotify: true,
    superviseIntervalSeconds: SUPERVISE_SECONDS,
    monitorIntervalSeconds: SUPERVISE_SECONDS,
  });
  boss.on('error', (error) => deps.log.error({ err: error }, 'queue'));
  await boss.start();
  await boss.createQueue(reloadRunJob.name, reloadRunJob.queue);
  await boss.createQueue(metadataJob.name, metadataJob.queue);
  await boss.createQueue(fireSchedulesJob.name, fireSchedulesJob.queue);
  await sweep(boss, deps);
  const sweeper = setInterval(() => {
    sweep(boss, deps).catch((error: unknown) => deps.log.error({ err: error }, 'sweep'));
  }, SUPERVISE_SECONDS * 1000);
  let stopping = false;
  const { runsAtOnce = RUNS_AT_ONCE, datasetsAtOnce = DATASET_CONCURRENCY } = deps;
  const runsMax = runsAtOnce + IDLE_RUNS_MAX;
  const slots = createWorkerSlots({
    ...{ datasets: datasetsAtOnce, runs: runsMax },
    onChange: (now) => deps.observer?.datasetSlots(now),
  });
  const polling = { base: runsAtOnce, max: runsMax, log: deps.log, isStopping: () => stopping };
  const pollers = await startRunPollers(boss, polling, async (jobs) => {
    for (const job of jobs) {
      const lost = new AbortController();
      // At a stop the signal aborts too, but then nobody else has the job, and what is staged must stay for the next worker.
      job.signal.addEventListener('abort', () => (stopping ? undefined : lost.abort(new JobLeaseLostError())), { once: true });
      const { runId } = reloadRunJob.payload.parse(job.data);
      await reloadRun({ ...deps, slots, onIdle: (isIdle) => pollers.setIdle(isIdle) }, runId, lost.signal);
    }
  });
  await boss.work(
    metadataJob.name,
    { ...metadataJob.work, batchSize: 1, localConcurrency: METADATA_JOBS_AT_ONCE },
    async (jobs) => {
      for (const job of jobs) {
        await runMetadataJob(deps, metadataJob.payload.parse(job.data).metadataJobId, job.signal);
      }
    },
  );
  await boss.work(fireSchedulesJob.name, { ...fireSchedulesJob.work, batchSize: 1 }, async () => {
    await fireSchedules({ ...deps, queue: jobSender(async () => boss) });
  });
  await boss.createQueue(checkConnectionsJob.name, checkConnectionsJob.queue);
  await boss.schedule(checkConnectionsJob.name, checkConnectionsJob.cron);
  await boss.work(checkConnectionsJob.name, checkConnectionsJob.work, async ([job]) => {
    if (job !== undefined) await checkConnections(deps, job.signal);
  });
  await boss.createQueue(removeExpiredJob.name, removeExpiredJob.queue);
  await boss.schedule(removeExpiredJob.name, removeExpiredJob.cron);
  await boss.work(removeExpiredJob.name, removeExpiredJob.work, async () => removeExpired(deps));
  const stopNotifier = deps.notifications === undefined ? null : await startNotifier(boss, { ...deps, ...deps.notifications });
  return {
    async stop() {
      stopping = true;
      clearInterval(sweeper);
      stopNotifier?.();
      await boss.stop({ graceful: true, timeout: STOP_MS });
    },
  };
}

async function sweep(boss: PgBoss, deps: Pick<WorkerDeps, 'db' | 'clock' | 'log' | 'workDir'>): Promise<void> {
  const lost = await failLostRuns(deps, async (jobId) => {
    const job = await boss.getJobById(reloadRunJob.name, jobId);
    return job !== null && ALIVE.has(job.state);
  });
  await failLostMetadataJobs(deps, async (jobId) => {
    const job = await boss.getJobById(metadataJob.name, jobId);
    return job !== null && ALIVE.has(job.state);
  });
  await giveUpGatewayCommands(deps);
  if (await isAnyDue(deps.db, deps.clock.now())) await boss.send(fireSchedulesJob.name, {}, {});
  if (lost > 0) deps.log.warn({ lost }, 'runs without a job were ended');
  const swept = deps.workDir === undefined ? 0 : await sweepStages(deps.db, deps.workDir);
  if (swept > 0) deps.log.info({ swept }, 'stages that nobody goes on with were removed');
}
