import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import { deleteGatewayGroupRow, lockGatewayGroup } from '#lib/store/gateway/gateway-groups.ts';
import { listGatewayUse } from '#lib/store/gateway/gateways.ts';
import type { Call } from '../context.ts';
import { refuseInUse } from '../gateway/gateway-in-use.ts';
import { requireGatewayGroup } from '../gateway/require-gateway.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';

export const DeleteGatewayGroupInput = z.object({ gatewayGroupId: idSchema('gwg') });
export type DeleteGatewayGroupInput = z.input<typeof DeleteGatewayGroupInput>;

/**
 * Deletes a group; its gateways stay.
 * @throws NotFoundError; ConflictError `gateway-in-use` with the connections and targets that name it
 */
export async function deleteGatewayGroup({ ctx, input }: Call<DeleteGatewayGroupInput>): Promise<void> {
  requireRole(ctx, 'admin');
  const { gatewayGroupId } = DeleteGatewayGroupInput.parse(input);
  await write(ctx, async (tx, audit) => {
    if (!(await lockGatewayGroup(tx, gatewayGroupId))) throw new NotFoundError('gateway group');
    const { name } = await requireGatewayGroup({ db: tx }, gatewayGroupId);
    refuseInUse(name, await listGatewayUse(tx, { gatewayId: null, gatewayGroupId }));
    await deleteGatewayGroupRow(tx, gatewayGroupId);
    await audit({ action: 'gateway-group.delete', subjectId: gatewayGroupId, detail: { name } });
  });
}
