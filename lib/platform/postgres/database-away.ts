import { setTimeout as sleep } from 'node:timers/promises';

/** How long a database that went away is waited for, milliseconds: a restart, or the move to a stand-by. */
const PATIENCE_MS = 60_000;
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

/** Whether the application database was gone, rather than that it refused something. */
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

/** `work`, again and again while the database is away; its last error after PATIENCE_MS. For work that may be done twice. */
export async function whileDatabaseAway<T>(work: () => Promise<T>): Promise<T> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (let waitMs = WAIT_FIRST_MS; ; waitMs = Math.min(waitMs * 2, WAIT_MAX_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!isDatabaseAway(error) || performance.now() + waitMs > giveUpAt) throw error;
      await sleep(waitMs);
    }
  }
}
