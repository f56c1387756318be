import { z } from 'zod';
import type { GatewayDetailDto } from '#lib/domain/gateway/gateway-dto.ts';
import { idSchema } from '#lib/domain/id.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import { lockGateway, setGatewayDeactivated } from '#lib/store/gateway/gateways.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';
import { describeGateway } from './get-gateway.ts';
import { requireGateway } from './require-gateway.ts';

export const SetGatewayActiveInput = z.object({ gatewayId: idSchema('gw'), active: z.boolean() });
export type SetGatewayActiveInput = z.input<typeof SetGatewayActiveInput>;

/** Activates or deactivates a gateway. A deactivated one is refused and gets no work. It keeps its identity. */
export async function setGatewayActive({ ctx, input }: Call<SetGatewayActiveInput>): Promise<GatewayDetailDto> {
  requireRole(ctx, 'admin');
  const { gatewayId, active } = SetGatewayActiveInput.parse(input);
  await write(ctx, async (tx, audit) => {
    if (!(await lockGateway(tx, gatewayId))) throw new NotFoundError('data gateway');
    const { name, deactivatedAt } = await requireGateway({ db: tx }, gatewayId);
    if ((deactivatedAt === null) === active) return;
    await setGatewayDeactivated(tx, gatewayId, active ? null : ctx.clock.now());
    await audit({ action: active ? 'gateway.activate' : 'gateway.deactivate', subjectId: gatewayId, detail: { name } });
  });
  return describeGateway(ctx, gatewayId);
}
