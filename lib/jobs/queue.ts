import { fromPrisma, PgBoss } from 'pg-boss';
import type { Log } from '#lib/platform/log.ts';
import type { RunQueue } from '#lib/services/ports.ts';
import { metadataJob } from './definitions/metadata-job.ts';
import { reloadRunJob } from './definitions/reload-run.ts';

/** Sends and cancels jobs; processes none. */
export interface QueueClient extends RunQueue {
  stop(): Promise<void>;
}

/** The queue for web processes and the CLI; connects at the first call. Does not supervise the queue, which the worker does. */
export function createRunQueue(options: { readonly databaseUrl: string; readonly log: Log }): QueueClient {
  let started: Promise<PgBoss> | undefined;
  const boss = () => {
    started ??= startSender(options).catch((error: unknown) => {
      started = undefined;
      throw error;
    });
    return started;
  };
  return {
    ...jobSender(boss),
    async stop() {
      await (await started)?.stop({ graceful: false });
    },
  };
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

async function startSender({ databaseUrl, log }: { readonly databaseUrl: string; readonly log: Log }): Promise<PgBoss> {
  const boss = new PgBoss({ connectionString: databaseUrl, max: 2, supervise: false, schedule: false, registerInstance: false });
  boss.on('error', (error) => log.error({ err: error }, 'queue'));
  await boss.start();
  await boss.createQueue(reloadRunJob.name, reloadRunJob.queue);
  await boss.createQueue(metadataJob.name, metadataJob.queue);
  return boss;
}
