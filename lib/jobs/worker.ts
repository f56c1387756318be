import { PgBoss } from 'pg-boss';
import { DATASET_CONCURRENCY } from '#lib/domain/run/dataset-concurrency.ts';
import { inSpan } from '#lib/platform/tracing/span.ts';
import { JobLeaseLostError } from '#lib/reload/engine/job-lease-lost.ts';
import type { SourceResolver } from '#lib/services/ports.ts';
import { fireSchedules } from '#lib/services/schedule/fire-schedules.ts';
import { isAnyScheduleDue } from '#lib/store/schedule/schedules.ts';
import { checkConnectionsJob } from './definitions/check-connections.ts';
import { fireSchedulesJob } from './definitions/fire-schedules.ts';
import { metadataJob } from './definitions/metadata-job.ts';
import { reloadRunJob } from './definitions/reload-run.ts';
import { removeExpiredJob } from './definitions/remove-expired.ts';
import { removeHistoryJob } from './definitions/remove-history.ts';
import { checkConnections } from './handlers/check-connections.ts';
import type { DeliverDeps } from './handlers/deliver-notification.ts';
import { failLostMetadataJobs } from './handlers/fail-lost-metadata-jobs.ts';
import { failLostRuns } from './handlers/fail-lost-runs.ts';
import { giveUpGatewayCommands } from './handlers/give-up-gateway-commands.ts';
import { runMetadataJob } from './handlers/metadata-job.ts';
import { startNotifier } from './handlers/notifier.ts';
import { type ReloadRunDeps, reloadRun } from './handlers/reload-run.ts';
import { removeExpired } from './handlers/remove-expired.ts';
import { removeHistory } from './handlers/remove-history.ts';
import { sweepStages } from './handlers/sweep-stages.ts';
import { jobSender } from './queue.ts';
import { startRunPollers } from './run-pollers.ts';
import { createWorkerSlots } from './worker-slots.ts';

export interface WorkerDeps extends ReloadRunDeps {
  readonly executor: SourceResolver;
  readonly databaseUrl: string;
  /** Runs that this process works on at once; idle runs do not count. */
  readonly runsAtOnce?: number;
  /** Datasets of all these runs that are reloaded at once. */
  readonly datasetsAtOnce?: number;
  /** Folder of the stages; stages that no run needs are deleted. */
  readonly workDir?: string;
  /** How notifications are sent; without it, they stay in the outbox. */
  readonly notifications?: Pick<DeliverDeps, 'delivery' | 'baseUrl'>;
}

export interface RunningWorker {
  /**
   * Accepts no more jobs, gives running ones a moment, and returns the others to the queue: another worker continues from their
   * stages. The process should exit afterwards.
   */
  stop(): Promise<void>;
}

/** Interval of the search for jobs without a heartbeat and for lost runs, seconds. */
const SUPERVISE_SECONDS = 5;
/** Default number of runs that a worker works on at once. */
export const RUNS_AT_ONCE = 4;
/** Maximum number of idle runs in addition to those. */
const IDLE_RUNS_MAX = 12;
/** Metadata jobs at once; they mostly wait for quotas of the tenant. */
const METADATA_JOBS_AT_ONCE = 3;
/** Time for runs to end at a stop, milliseconds. */
const STOP_MS = 3000;
const ALIVE: ReadonlySet<string> = new Set(['created', 'retry', 'active']);

/** Starts to process jobs of the queue. */
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
      // At a stop the signal also aborts, but then nobody else has the job, and stages must be kept for the next worker.
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
        await inSpan('metadata job', { kind: 'consumer' }, () =>
          runMetadataJob(deps, metadataJob.payload.parse(job.data).metadataJobId, job.signal),
        );
      }
    },
  );
  await boss.work(fireSchedulesJob.name, { ...fireSchedulesJob.work, batchSize: 1 }, async () => {
    await fireSchedules({ ...deps, queue: jobSender(async () => boss) });
  });
  await boss.createQueue(checkConnectionsJob.name, checkConnectionsJob.queue);
  await boss.schedule(checkConnectionsJob.name, checkConnectionsJob.cron);
  await boss.work(checkConnectionsJob.name, checkConnectionsJob.work, async ([job]) => {
    if (job !== undefined) await inSpan('check connections', { kind: 'consumer' }, () => checkConnections(deps, job.signal));
  });
  await boss.createQueue(removeExpiredJob.name, removeExpiredJob.queue);
  await boss.schedule(removeExpiredJob.name, removeExpiredJob.cron);
  await boss.work(removeExpiredJob.name, removeExpiredJob.work, async () => removeExpired(deps));
  await boss.createQueue(removeHistoryJob.name, removeHistoryJob.queue);
  await boss.schedule(removeHistoryJob.name, removeHistoryJob.cron);
  await boss.work(removeHistoryJob.name, removeHistoryJob.work, async () => removeHistory(deps));
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

async function sweep(boss: PgBoss, deps: Pick<WorkerDeps, 'db' | 'clock' | 'log' | 'workDir' | 'observer'>): Promise<void> {
  const lost = await failLostRuns(deps, async (jobId) => {
    const job = await boss.getJobById(reloadRunJob.name, jobId);
    return job !== null && ALIVE.has(job.state);
  });
  await failLostMetadataJobs(deps, async (jobId) => {
    const job = await boss.getJobById(metadataJob.name, jobId);
    return job !== null && ALIVE.has(job.state);
  });
  await giveUpGatewayCommands(deps);
  if (await isAnyScheduleDue(deps.db, deps.clock.now())) await boss.send(fireSchedulesJob.name, {}, {});
  if (lost > 0) deps.log.warn({ lost }, 'runs without a job were ended');
  const swept = deps.workDir === undefined ? 0 : await sweepStages(deps.db, deps.workDir);
  if (swept > 0) deps.log.info({ swept }, 'stages that nobody goes on with were removed');
}
