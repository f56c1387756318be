import { PrismaPg } from '@prisma/adapter-pg';

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;
type Transaction = Awaited<ReturnType<Adapter['startTransaction']>>;

/**
 * Prisma's adapter for pg, with one query at a time on the client of a transaction. Prisma reads the relations of a `select` concurrently; in
 * a transaction they share one client, whose own queue of queries is deprecated in pg 8 and gone in pg 9. Outside a transaction each query
 * takes a client of the pool.
 */
export class SerialPrismaPg extends PrismaPg {
  override async connect(): Promise<Adapter> {
    const adapter = await super.connect();
    const start = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = async (isolationLevel) => oneQueryAtATime(await start(isolationLevel));
    return adapter;
  }
}

function oneQueryAtATime(transaction: Transaction): Transaction {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(query: () => Promise<T>): Promise<T> => {
    // The next query runs whether this one fails or not: PostgreSQL itself refuses it in a failed transaction.
    const running = last.then(query, query);
    last = running;
    return running;
  };
  const [queryRaw, executeRaw] = [transaction.queryRaw.bind(transaction), transaction.executeRaw.bind(transaction)];
  transaction.queryRaw = (query) => inTurn(() => queryRaw(query));
  transaction.executeRaw = (query) => inTurn(() => executeRaw(query));
  return transaction;
}
