/**
 * Prisma's codes for a database that can't be reached, whose connection broke, or that is too busy to begin or end a transaction in time
 * (Prisma documentation, "Error reference").
 */
const AWAY_CODES = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2028']);
const AWAY_KINDS = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout']);
/** SQLSTATE: 08 connection exceptions, 57P01 to 57P03 shut down or starting up. */
const AWAY_SQLSTATE = /^(08|57P0[123])/;

/** What Prisma's adapter says of an error of the driver: kind of error, and SQLSTATE where PostgreSQL answered. */
interface DriverCause {
  readonly kind?: unknown;
  readonly originalCode?: unknown;
}

interface DatabaseErrorShape {
  readonly code?: unknown;
  readonly meta?: { readonly driverAdapterError?: { readonly cause?: DriverCause } };
}

/** Prisma wraps the adapter's error of a statement, and throws that of BEGIN and COMMIT as it is. */
function driverCauseOf(error: Error): DriverCause | undefined {
  const thrown = error.name === 'DriverAdapterError' ? (error.cause as DriverCause | undefined) : undefined;
  return (error as DatabaseErrorShape).meta?.driverAdapterError?.cause ?? thrown;
}

/** SQLSTATE of a transaction that PostgreSQL rolled back so that another one can end: deadlock, serialization failure (PostgreSQL, appendix A). */
const ROLLED_BACK_SQLSTATE = new Set(['40P01', '40001']);

/** Whether PostgreSQL rolled the transaction back because of another one, so that it would succeed when it is repeated. */
export function isRolledBack(error: unknown): boolean {
  return error instanceof Error && ROLLED_BACK_SQLSTATE.has(String(driverCauseOf(error)?.originalCode));
}

/** Whether an error means that the application database was unreachable or too busy, rather than that it refused a statement. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as DatabaseErrorShape;
  const cause = driverCauseOf(error);
  return (
    AWAY_CODES.has(String(code)) ||
    AWAY_KINDS.has(String(cause?.kind)) ||
    AWAY_SQLSTATE.test(String(cause?.originalCode)) ||
    /Connection terminated|Client has encountered a connection error/.test(error.message)
  );
}
