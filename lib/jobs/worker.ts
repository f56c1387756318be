import { PgBoss } from 'pg-boss';
import type { SourceOperations } from '#lib/executor/source-operations.ts';
import { JobLeaseLostError } from '#lib/reload/engine/job-lease-lost.ts';
import { checkConnectionsJob } from './definitions/check-connections.ts';
import { metadataJob } from './definitions/metadata-job.ts';
import { reloadRunJob } from './definitions/reload-run.ts';
import { removeExpiredJob } from './definitions/remove-expired.ts';
import { checkConnections } from './handlers/check-connections.ts';
import { failLostMetadataJobs } from './handlers/fail-lost-metadata-jobs.ts';
import { failLostRuns } from './handlers/fail-lost-runs.ts';
import { runMetadataJob } from './handlers/metadata-job.ts';
import { type ReloadRunDeps, reloadRun } from './handlers/reload-run.ts';
import { removeExpired } from './handlers/remove-expired.ts';
import { sweepStages } from './handlers/sweep-stages.ts';

export interface WorkerDeps extends ReloadRunDeps {
  readonly executor: SourceOperations;
  readonly databaseUrl: string;
  /** Runs worked at once by this process. */
  readonly concurrency?: number;
  /** Folder of the stages; those of runs that nobody goes on with are removed. */
  readonly workDir?: string;
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
  await sweep(boss, deps);
  const sweeper = setInterval(() => {
    sweep(boss, deps).catch((error: unknown) => deps.log.error({ err: error }, 'sweep'));
  }, SUPERVISE_SECONDS * 1000);
  let stopping = false;
  const options = { ...reloadRunJob.work, batchSize: 1, localConcurrency: deps.concurrency ?? 1 };
  await boss.work(reloadRunJob.name, options, async (jobs) => {
    for (const job of jobs) {
      const lost = new AbortController();
      // At a stop the signal aborts too, but then nobody else has the job, and what is staged must stay for the next worker.
      job.signal.addEventListener('abort', () => (stopping ? undefined : lost.abort(new JobLeaseLostError())), { once: true });
      await reloadRun(deps, reloadRunJob.payload.parse(job.data).runId, lost.signal);
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
  await boss.createQueue(checkConnectionsJob.name, checkConnectionsJob.queue);
  await boss.schedule(checkConnectionsJob.name, checkConnectionsJob.cron);
  await boss.work(checkConnectionsJob.name, checkConnectionsJob.work, async ([job]) => {
    if (job !== undefined) await checkConnections(deps, job.signal);
  });
  await boss.createQueue(removeExpiredJob.name, removeExpiredJob.queue);
  await boss.schedule(removeExpiredJob.name, removeExpiredJob.cron);
  await boss.work(removeExpiredJob.name, removeExpiredJob.work, async () => removeExpired(deps));
  return {
    async stop() {
      stopping = true;
      clearInterval(sweeper);
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
  if (lost > 0) deps.log.warn({ lost }, 'runs without a job were ended');
  const swept = deps.workDir === undefined ? 0 : await sweepStages(deps.db, deps.workDir);
  if (swept > 0) deps.log.info({ swept }, 'stages that nobody goes on with were removed');
}
