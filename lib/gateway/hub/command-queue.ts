import { fromPrisma, type PgBoss } from 'pg-boss';
import type { Log } from '#lib/platform/log.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';
import { lazyQueue } from '#lib/platform/postgres/queue-client.ts';
import { LEASE_SECONDS } from '../protocol.ts';

/** Queue of commands with the leases of their holders (docs/decisions/015): one queue per gateway and per group. */
export interface CommandQueue {
  /** Puts a command on the queue within `tx`; returns the job's id. */
  send(tx: Tx, queue: string, commandId: string): Promise<string>;
  /** Claims at most `limit` waiting commands. */
  fetch(queue: string, limit: number): Promise<readonly { readonly jobId: string; readonly commandId: string }[]>;
  /** Renews the leases of a gateway that sent a message. */
  keep(jobs: readonly QueuedJob[]): Promise<void>;
  complete(job: QueuedJob): Promise<void>;
  /** Returns a job to the queue. */
  giveBack(job: QueuedJob): Promise<void>;
  stop(): Promise<void>;
}

interface QueuedJob {
  readonly queue: string;
  readonly jobId: string;
}

const QUEUE = {
  policy: 'standard',
  heartbeatSeconds: LEASE_SECONDS,
  /** pg-boss's limit. */
  expireInSeconds: 86_400,
  /** The sender decides how long a command may wait. */
  retryLimit: 1000,
  retryDelay: 0,
  deleteAfterSeconds: 3600,
} as const;

/** The queue of a gateway or of a group, by its id. */
export function queueOf(id: string): string {
  return `gateway/${id}`;
}

/** Connects at the first call. The worker supervises the queue and finds expired leases. */
export function createCommandQueue(options: { readonly databaseUrl: string; readonly log: Log }): CommandQueue {
  const client = lazyQueue({ ...options, label: 'queue of commands' });
  const known = new Set<string>();
  const withQueue = async (queue: string): Promise<PgBoss> => {
    const running = await client.boss();
    if (!known.has(queue)) await running.createQueue(queue, QUEUE);
    known.add(queue);
    return running;
  };
  return {
    async send(tx, queue, commandId) {
      const jobId = await (await withQueue(queue)).send(queue, { commandId }, { db: fromPrisma(tx) });
      if (jobId === null) throw new TypeError('a queue of this policy takes every job');
      return jobId;
    },
    async fetch(queue, limit) {
      const jobs = await (await withQueue(queue)).fetch<{ commandId: string }>(queue, { batchSize: limit });
      return jobs.map(({ id, data }) => ({ jobId: id, commandId: data.commandId }));
    },
    async keep(jobs) {
      for (const [queue, own] of Map.groupBy(jobs, ({ queue }) => queue)) {
        await (await withQueue(queue)).touch(
          queue,
          own.map(({ jobId }) => jobId),
        );
      }
    },
    async complete({ queue, jobId }) {
      await (await withQueue(queue)).complete(queue, jobId);
    },
    async giveBack({ queue, jobId }) {
      await (await withQueue(queue)).fail(queue, jobId);
    },
    stop: () => client.stop(),
  };
}
