import { GatewayState, gatewayState } from '#lib/domain/gateway/gateway.ts';
import type { Clock } from '#lib/platform/clock.ts';
import type { GatewayLoad } from '#lib/platform/metrics/metrics.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import { ENTRADA_VERSION } from '#lib/platform/version.ts';
import { countOpenCommands } from '#lib/store/gateway/commands.ts';
import { listGatewayRows } from '#lib/store/gateway/gateways.ts';
import { PROTOCOL_VERSION } from '../version.ts';

const COMMAND_STATES = ['waiting', 'sent', 'acknowledged'];

/** How many data gateways are in each state, and how many commands have not ended; a state that none is in counts 0. */
export function createGatewayLoad(db: Db, clock: Clock): GatewayLoad {
  const server = { version: ENTRADA_VERSION, protocolVersion: PROTOCOL_VERSION };
  return {
    async gateways() {
      const states = (await listGatewayRows(db)).map((row) => gatewayState(row, server, clock.now()));
      return GatewayState.options.map((state) => ({ state, count: states.filter((one) => one === state).length }));
    },
    async commands() {
      const open = new Map((await countOpenCommands(db)).map(({ state, commands }) => [state, commands]));
      return COMMAND_STATES.map((state) => ({ state, count: open.get(state) ?? 0 }));
    },
  };
}
