import { once } from 'node:events';
import { createSourceOperations } from '#lib/executor/create-source-operations.ts';
import { systemClock } from '#lib/platform/clock.ts';
import { parseKeyRing } from '#lib/platform/crypto/crypto.ts';
import { openDb } from '#lib/platform/postgres/db.ts';
import { requireConnection, sourceConnection } from '#lib/services/connection/require-connection.ts';
import { accessTokensFrom } from '#lib/source/connect.ts';
import { createTokenCacheStore } from '#lib/store/connection/token-cache.ts';

/** Input of a process of the renewal test, as JSON in its first argument. */
export interface RenewOrders {
  readonly databaseUrl: string;
  readonly keyRing: string;
  readonly connectionId: string;
  readonly graphOrigin: string;
  readonly caPem: string;
  /** Number of renewals. */
  readonly times: number;
}

// Renews the tokens of a connection like a worker, and reports each renewal.
const orders = JSON.parse(process.argv[2] ?? '') as RenewOrders;
const db = openDb(orders.databaseUrl, 3);
const ctx = { db, ring: parseKeyRing(orders.keyRing) };
const cloud = { name: 'Emulated', graphOrigin: orders.graphOrigin, authorityOrigin: orders.graphOrigin };
const executor = createSourceOperations({
  extraClouds: [cloud],
  caPem: orders.caPem,
  clock: systemClock,
  openAccessTokens: accessTokensFrom(({ id, tokenCacheId }) => createTokenCacheStore(ctx, tokenCacheId, id)),
});
process.stdout.write('ready\n');
// Waits for the parent, so that all processes start at the same time.
await once(process.stdin, 'data');
process.stdin.destroy();
for (let time = 0; time < orders.times; time++) {
  const connection = await sourceConnection(ctx, await requireConnection(ctx, orders.connectionId));
  await executor.testConnection({ connection });
  process.stdout.write('renewed\n');
}
await db.$disconnect();
