import { PrismaClient } from '#prisma/generated/client.ts';
import { SerialPrismaPg } from './serial-transactions.ts';
import { retryWhileUnreachable } from './while-unreachable.ts';

export type Db = PrismaClient;

/** A Prisma transaction client; store functions take either. */
export type Tx = Parameters<Parameters<PrismaClient['$transaction']>[0]>[0];

/** Opens the application database. `poolMax`: connections of this process. */
export function openDb(connectionString: string, poolMax = 10): Db {
  return new PrismaClient({ adapter: new SerialPrismaPg({ connectionString, max: poolMax }) });
}

/**
 * The same for a worker, whose runs outlive a restart of the database: an operation that meets a lost connection is repeated, for at most a
 * minute. So it may happen twice: a worker's writes say from which state they start. Transactions are not repeated.
 */
export function openRetryingDb(connectionString: string, poolMax: number): Db {
  const db = openDb(connectionString, poolMax);
  const patient = db.$extends({ query: { $allOperations: ({ args, query }) => retryWhileUnreachable(() => query(args)) } });
  // Prisma gives an extended client another type; for queries it is the same. A transaction whose connection broke is lost: statements in it
  // have to fail at once, so it uses the plain client.
  return new Proxy(patient as unknown as Db, {
    get: (target, name) => (name === '$transaction' ? db.$transaction.bind(db) : Reflect.get(target, name)),
  });
}
