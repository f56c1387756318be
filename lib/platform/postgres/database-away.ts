import { setTimeout as sleep } from 'node:timers/promises';

/** How long to retry while the database is unreachable, milliseconds: enough for a restart or a failover. */
const RETRY_TIME_MS = 60_000;
const WAIT_FIRST_MS = 100;
const WAIT_MAX_MS = 2000;

/** Prisma's codes for a database that can't be reached, or whose connection broke (Prisma documentation, "Error reference"). */
const AWAY_CODES = new Set(['P1001', 'P1002', 'P1008', 'P1017']);
const AWAY_KINDS = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout']);
/** SQLSTATE: 08 connection exceptions, 57P01 to 57P03 shut down or starting up. */
const AWAY_SQLSTATE = /^(08|57P0[123])/;

interface DatabaseErrorShape {
  readonly code?: unknown;
  readonly meta?: {
    readonly driverAdapterError?: { readonly cause?: { readonly kind?: unknown; readonly originalCode?: unknown } };
  };
}

/** Whether an error means that the application database was unreachable, rather than that it refused a statement. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, meta } = error as DatabaseErrorShape;
  const cause = meta?.driverAdapterError?.cause;
  return (
    AWAY_CODES.has(String(code)) ||
    AWAY_KINDS.has(String(cause?.kind)) ||
    AWAY_SQLSTATE.test(String(cause?.originalCode)) ||
    /Connection terminated|Client has encountered a connection error/.test(error.message)
  );
}

/** Runs `work` again while the database is unreachable; throws its last error after RETRY_TIME_MS. `work` must be safe to repeat. */
export async function whileDatabaseAway<T>(work: () => Promise<T>): Promise<T> {
  const giveUpAt = performance.now() + RETRY_TIME_MS;
  for (let waitMs = WAIT_FIRST_MS; ; waitMs = Math.min(waitMs * 2, WAIT_MAX_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!isDatabaseAway(error) || performance.now() + waitMs > giveUpAt) throw error;
      await sleep(waitMs);
    }
  }
}
