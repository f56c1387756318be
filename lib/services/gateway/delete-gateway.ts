import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import { deleteGatewayRow, listGatewayUse, lockGateway } from '#lib/store/gateway/gateways.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';
import { refuseInUse } from './gateway-in-use.ts';
import { requireGateway } from './require-gateway.ts';

export const DeleteGatewayInput = z.object({ gatewayId: idSchema('gw') });
export type DeleteGatewayInput = z.input<typeof DeleteGatewayInput>;

/**
 * Deletes a gateway: its process is refused from then on. Rows that it landed stay.
 * @throws NotFoundError; ConflictError `gateway-in-use` with the connections and targets that name it
 */
export async function deleteGateway({ ctx, input }: Call<DeleteGatewayInput>): Promise<void> {
  requireRole(ctx, 'admin');
  const { gatewayId } = DeleteGatewayInput.parse(input);
  await write(ctx, async (tx, audit) => {
    if (!(await lockGateway(tx, gatewayId))) throw new NotFoundError('data gateway');
    const { name } = await requireGateway({ db: tx }, gatewayId);
    refuseInUse(name, await listGatewayUse(tx, { gatewayId, gatewayGroupId: null }));
    await deleteGatewayRow(tx, gatewayId);
    await audit({ action: 'gateway.delete', subjectId: gatewayId, detail: { name } });
  });
}
