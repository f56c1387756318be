import { connect, createServer } from 'node:net';
import { startEmulator } from '#lib/emulator/start.ts';
import { readTenantRows } from '#lib/executor/testing/tenant-rows.ts';
import { createSdkClient } from '../../../../e2e/support/graph-sdk.ts';

/* The far network: the tenant and a database server. A separate program, since it runs in a network namespace; its parent sends requests over IPC. */

const [host = '', dir = '', databaseSocket = ''] = process.argv.slice(2);
const DATABASE_PORT = 5432;

const emulator = await startEmulator({ dir, host, httpPort: 0, tlsPort: 0, users: 120, redirectUris: [] });
// A relay to the database server of the tests, which is outside of this network.
const database = createServer((near) => {
  const behind = connect(databaseSocket);
  for (const socket of [near, behind]) socket.on('error', () => undefined);
  near.pipe(behind).pipe(near);
});
await new Promise<void>((done) => database.listen(DATABASE_PORT, host, done));

/** Requests of the parent. */
export interface FarQuestion {
  readonly what: 'rows' | 'pass-day';
}

async function answer(question: FarQuestion): Promise<unknown> {
  const { info, caPem } = emulator;
  if (question.what === 'rows') return readTenantRows(await createSdkClient({ ...info, caPem }));
  return emulator.mutate({});
}

process.on('message', (question: FarQuestion) => {
  answer(question).then(
    (value) => process.send?.({ value: value ?? null }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
process.send?.({ value: { info: emulator.info, caPem: emulator.caPem } });
