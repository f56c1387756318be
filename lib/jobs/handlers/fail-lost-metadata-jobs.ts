import type { Problem } from '#lib/domain/problem.ts';
import type { Clock } from '#lib/platform/clock.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import { changeMetadataJob, listActiveMetadataJobs } from '#lib/store/metadata/metadata-jobs.ts';
import type { IsJobAlive } from './fail-lost-runs.ts';

/** Ends metadata jobs whose job in the queue no longer exists. Results so far are kept. */
export async function failLostMetadataJobs(deps: { db: Db; clock: Clock }, isJobAlive: IsJobAlive): Promise<void> {
  for (const job of await listActiveMetadataJobs(deps.db)) {
    if (job.jobId !== null && (await isJobAlive(job.jobId))) continue;
    const at = deps.clock.now();
    if (job.state === 'cancelling') await changeMetadataJob(deps.db, job.id, { from: ['cancelling'], to: 'cancelled', at });
    else await changeMetadataJob(deps.db, job.id, { from: ['queued', 'running'], to: 'failed', at, problem: LOST });
  }
}

const LOST: Problem = {
  code: 'metadata-job-lost',
  title: 'The worker process of this job stopped.',
  detail: 'The results until then are kept.',
  remedy: 'Start the job again. If it stops again, read the reason in the log of the worker.',
  fixer: 'operator',
};
