import type { Clock } from '#lib/platform/clock.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import { giveUpCommandsOfEndedRuns, notifyGateway } from '#lib/store/gateway/commands.ts';

/** Stops commands of gateways that belong to ended runs. */
export async function giveUpGatewayCommands({ db, clock }: { readonly db: Db; readonly clock: Clock }): Promise<void> {
  for (const gatewayId of await giveUpCommandsOfEndedRuns(db, clock.now())) await notifyGateway(db, `gateway:${gatewayId}`);
}
