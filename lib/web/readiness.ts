import 'server-only';
import type { Context } from '#lib/services/context.ts';

/** Free space below which runs will soon fail, bytes. */
const FREE_BYTES_MIN = 500 * 2 ** 20;
/** Maximum difference between the clocks of server and database, milliseconds: leases, schedules and tokens fail beyond it. */
const CLOCK_SKEW_MAX_MS = 60_000;
/** Time limit of a check, milliseconds. */
const CHECK_MS = 3000;

export type CheckResult = 'ok' | 'failed';

export interface Readiness {
  readonly status: CheckResult;
  readonly checks: Readonly<Record<'database' | 'queue' | 'disk' | 'clock', CheckResult>>;
}

export interface ReadinessDeps extends Pick<Context, 'db' | 'clock' | 'log'> {
  readonly dataDir: string;
  /** Free space of the file system of a path. */
  readonly statfs: (path: string) => Promise<{ readonly bavail: number; readonly bsize: number }>;
}

/**
 * Checks what a server needs to work: its database, the queue's tables in it, space in the data folder, and a clock that agrees with
 * the database's. Logs the reason of a failed check; the answer does not contain it.
 */
export async function checkReadiness(deps: ReadinessDeps): Promise<Readiness> {
  const { db, clock, dataDir, statfs } = deps;
  const [database, queue, disk, clocks] = await Promise.all([
    check(deps, 'database', async () => void (await db.$queryRaw`SELECT 1`)),
    check(deps, 'queue', async () => void (await db.$queryRaw`SELECT version FROM pgboss.version LIMIT 1`)),
    check(deps, 'disk', async () => {
      const { bavail, bsize } = await statfs(dataDir);
      if (bavail * bsize < FREE_BYTES_MIN) throw new Error(`only ${bavail * bsize} bytes are free in the data folder`);
    }),
    check(deps, 'clock', async () => {
      const [row] = await db.$queryRaw<{ readonly now: Date }[]>`SELECT clock_timestamp() AS now`;
      const skewMs = Math.abs((row?.now.getTime() ?? 0) - clock.now().getTime());
      if (skewMs > CLOCK_SKEW_MAX_MS) throw new Error(`the clock differs from the database's by ${skewMs} ms`);
    }),
  ]);
  const checks = { database, queue, disk, clock: clocks };
  return { status: Object.values(checks).every((result) => result === 'ok') ? 'ok' : 'failed', checks };
}

async function check({ log }: ReadinessDeps, name: string, run: () => Promise<void>): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_MS} ms`)), CHECK_MS);
  });
  try {
    await Promise.race([run(), late]);
    return 'ok';
  } catch (error) {
    log.error({ err: error, check: name }, 'readiness');
    return 'failed';
  } finally {
    clearTimeout(timer);
  }
}
