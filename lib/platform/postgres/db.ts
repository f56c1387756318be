import { PrismaClient } from '#prisma/generated/client.ts';
import { repeatRolledBack } from './rolled-back.ts';
import { SerialPrismaPg } from './serial-transactions.ts';
import { retryWhileUnreachable } from './while-unreachable.ts';

export type Db = PrismaClient;

/** A Prisma transaction client; store functions take either. */
export type Tx = Parameters<Parameters<PrismaClient['$transaction']>[0]>[0];

/** Time in which a transaction must get a connection, and then end, milliseconds; Prisma's 2 s and 5 s are too short for a busy machine. */
const TRANSACTION_MS_MAX = 15_000;

/**
 * Opens the application database. Transactions that PostgreSQL rolls back because of other transactions are repeated.
 * @param poolMax connections of this process
 */
export function openDb(connectionString: string, poolMax = 10): Db {
  const db = new PrismaClient({
    adapter: new SerialPrismaPg({ connectionString, max: poolMax }),
    transactionOptions: { maxWait: TRANSACTION_MS_MAX, timeout: TRANSACTION_MS_MAX },
  });
  const transaction = db.$transaction.bind(db) as (...args: readonly unknown[]) => Promise<unknown>;
  return withTransaction(db, (...args) => repeatRolledBack(() => transaction(...args)));
}

/** The client with another `$transaction`. */
function withTransaction(client: object, transaction: (...args: readonly unknown[]) => unknown): Db {
  return new Proxy(client as Db, {
    get: (target, name) => (name === '$transaction' ? transaction : Reflect.get(target, name)),
  });
}

/**
 * The same for a worker, whose runs outlive a restart of the database: an operation that meets a lost connection is repeated, for at most a
 * minute. So it may happen twice: a worker's writes say from which state they start. A transaction that lost its connection is not repeated.
 */
export function openRetryingDb(connectionString: string, poolMax: number): Db {
  const db = openDb(connectionString, poolMax);
  const patient = db.$extends({ query: { $allOperations: ({ args, query }) => retryWhileUnreachable(() => query(args)) } });
  // Prisma gives an extended client another type; for queries it is the same. A transaction whose connection broke is lost: statements in it
  // have to fail at once, so it uses the plain client.
  return withTransaction(patient, db.$transaction as (...args: readonly unknown[]) => unknown);
}
