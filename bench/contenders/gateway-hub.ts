import type { DatasetAssignment, DatasetEvent } from '#lib/executor/dataset-assignment.ts';
import { REGISTRATION_KEY, startFakeHub } from '#lib/gateway/agent/testing/fake-hub.ts';

/** The server's side of a gateway, in a separate process without a database, since the gateway is measured. */
export interface HubReady {
  readonly url: string;
  readonly registrationKey: string;
}

type HubCommand = { readonly kind: 'connected' } | { readonly kind: 'run'; readonly assignment: DatasetAssignment };

const hub = await startFakeHub();
process.on('message', (command: HubCommand) => void obey(command));
process.on('disconnect', () => process.exit(0));
process.send?.({ url: hub.url, registrationKey: REGISTRATION_KEY } satisfies HubReady);

async function obey(command: HubCommand): Promise<void> {
  if (command.kind === 'connected') {
    await hub.connected();
    process.send?.('connected');
    return;
  }
  const run = await hub.send('dataset.run', command.assignment);
  await run.ended;
  const last = run.events.get(1)?.at(-1) as DatasetEvent | undefined;
  process.send?.(last?.kind === 'ended' ? last.report : { state: 'failed', problem: null });
}
