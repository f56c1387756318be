import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '#prisma/generated/client.ts';

export type Db = PrismaClient;

/** A Prisma transaction client; store functions take either. */
export type Tx = Parameters<Parameters<PrismaClient['$transaction']>[0]>[0];

/** Opens the application database. `poolMax`: connections of this process. */
export function openDb(connectionString: string, poolMax = 10): Db {
  return new PrismaClient({ adapter: new PrismaPg({ connectionString, max: poolMax }) });
}
