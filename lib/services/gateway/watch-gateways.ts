import { setTimeout as sleep } from 'node:timers/promises';
import { acceptsWork } from '#lib/domain/gateway/gateway.ts';
import type { GatewayDto } from '#lib/domain/gateway/gateway-dto.ts';
import { GATEWAYS_TOPIC } from '#lib/store/gateway/gateway-identity.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { type ListGatewaysInput, listGateways } from './list-gateways.ts';

/** Minimum time between two readings, milliseconds. */
const READ_EVERY_MS = 500;
/** Time after which gateways are read without a notification, milliseconds: a gateway that falls silent writes nothing. */
const LOOK_AGAIN_MS = 5000;

/** Watches the gateways: yields all of them first, and again whenever one has changed, until the signal of the returned function aborts. */
export async function watchGateways({
  ctx,
}: Call<ListGatewaysInput>): Promise<(signal: AbortSignal) => AsyncGenerator<readonly GatewayDto[]>> {
  requireRole(ctx, 'viewer');
  return async function* (signal) {
    const watch = ctx.gatewayChanges?.watch([GATEWAYS_TOPIC]);
    try {
      for (let shown = ''; !signal.aborted; ) {
        const gateways = await listGateways({ ctx, input: {} });
        const next = JSON.stringify(gateways.map(withCoarseTime));
        if (next !== shown) yield gateways;
        shown = next;
        await sleep(READ_EVERY_MS, undefined, { signal }).catch(() => undefined);
        await (watch?.next(LOOK_AGAIN_MS, signal) ?? sleep(LOOK_AGAIN_MS, undefined, { signal }).catch(() => undefined));
      }
    } finally {
      watch?.stop();
    }
  };
}

/** A connected gateway reports every few seconds: its minute is enough. */
function withCoarseTime(gateway: GatewayDto): GatewayDto {
  const { state, lastSeenAt } = gateway;
  return acceptsWork(state) && lastSeenAt !== null
    ? { ...gateway, lastSeenAt: lastSeenAt.slice(0, 'yyyy-mm-ddThh:mm'.length) }
    : gateway;
}
