import { startEmulator } from '#lib/emulator/start.ts';
import { readTenantRows } from '#lib/executor/testing/tenant-rows.ts';
import { createSdkClient } from '../../../../e2e/support/graph-sdk.ts';
import { recordCallers } from './callers.ts';
import { forwardDatabase } from './database-forward.ts';

/* The far network: the tenant and a database server. A separate program, since it runs in a network namespace; its parent sends requests over IPC. */

const [host = '', dir = '', databaseSocket = '', redirectUri = ''] = process.argv.slice(2);

const callers = recordCallers();
const redirectUris = redirectUri === '' ? [] : [redirectUri];
const emulator = await startEmulator({ dir, host, httpPort: 0, tlsPort: 0, users: 120, redirectUris });
await forwardDatabase(host, databaseSocket);

/** Requests of the parent. */
export interface FarQuestion {
  readonly what: 'rows' | 'pass-day' | 'callers';
}

async function answer({ what }: FarQuestion): Promise<unknown> {
  const { info, caPem } = emulator;
  switch (what) {
    case 'rows':
      return readTenantRows(await createSdkClient({ ...info, caPem }));
    case 'pass-day':
      return emulator.mutate({});
    case 'callers':
      return callers();
  }
}

process.on('message', (question: FarQuestion) => {
  answer(question).then(
    (value) => process.send?.({ value: value ?? null }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
process.send?.({ value: { info: emulator.info, caPem: emulator.caPem } });
