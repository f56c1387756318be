import { fromPrisma, type PgBoss } from 'pg-boss';
import type { Log } from '#lib/platform/log.ts';
import { lazyQueue } from '#lib/platform/postgres/queue-client.ts';
import type { RunQueue } from '#lib/services/ports.ts';
import { metadataJob } from './definitions/metadata-job.ts';
import { reloadRunJob } from './definitions/reload-run.ts';

/** Sends and cancels jobs; processes none. */
export interface QueueClient extends RunQueue {
  stop(): Promise<void>;
}

/** The queue for web processes and the CLI; connects at the first call. */
export function createRunQueue(options: { readonly databaseUrl: string; readonly log: Log }): QueueClient {
  const queue = lazyQueue({
    ...options,
    label: 'queue',
    async prepare(boss) {
      await boss.createQueue(reloadRunJob.name, reloadRunJob.queue);
      await boss.createQueue(metadataJob.name, metadataJob.queue);
    },
  });
  return { ...jobSender(() => queue.boss()), stop: () => queue.stop() };
}

/** Sends and cancels jobs through a connected queue. */
export function jobSender(boss: () => Promise<PgBoss>): RunQueue {
  return {
    async enqueueRun(tx, { runId, taskId, priority = 0 }) {
      const payload = reloadRunJob.payload.parse({ runId });
      return (await boss()).send(reloadRunJob.name, payload, { singletonKey: taskId, priority, db: fromPrisma(tx) });
    },
    async enqueueMetadataJob(tx, { metadataJobId, key, awaited }) {
      const payload = metadataJob.payload.parse({ metadataJobId });
      return (await boss()).send(metadataJob.name, payload, { singletonKey: key, priority: awaited ? 1 : 0, db: fromPrisma(tx) });
    },
    async cancelJob(jobId) {
      await (await boss()).cancel(reloadRunJob.name, jobId);
    },
  };
}
