import { PgBoss } from 'pg-boss';
import type { Log } from '#lib/platform/log.ts';

interface QueueClientOptions {
  readonly databaseUrl: string;
  readonly log: Log;
  /** What errors of the connection are logged as. */
  readonly label: string;
  /** Runs after each connect. */
  readonly prepare?: (boss: PgBoss) => Promise<void>;
}

/** A connection to the queue. Does not supervise the queue, which the worker does. */
interface LazyQueue {
  /** Connects at the first call, and again after a connect that failed. */
  boss(): Promise<PgBoss>;
  stop(): Promise<void>;
}

export function lazyQueue(options: QueueClientOptions): LazyQueue {
  let started: Promise<PgBoss> | undefined;
  return {
    boss() {
      started ??= start(options).catch((error: unknown) => {
        started = undefined;
        throw error;
      });
      return started;
    },
    async stop() {
      await (await started)?.stop({ graceful: false });
    },
  };
}

async function start({ databaseUrl, log, label, prepare }: QueueClientOptions): Promise<PgBoss> {
  const boss = new PgBoss({ connectionString: databaseUrl, max: 2, supervise: false, schedule: false, registerInstance: false });
  boss.on('error', (error) => log.error({ err: error }, label));
  await boss.start();
  await prepare?.(boss);
  return boss;
}
