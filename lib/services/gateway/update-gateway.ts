import { z } from 'zod';
import { GatewayDescription, GatewayName } from '#lib/domain/gateway/gateway.ts';
import type { GatewayDetailDto } from '#lib/domain/gateway/gateway-dto.ts';
import { idSchema } from '#lib/domain/id.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import { lockGateway, updateGatewaySettings } from '#lib/store/gateway/gateways.ts';
import { isUniqueViolation } from '#lib/store/unique-violation.ts';
import { nameTaken } from '../connection/name-taken.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';
import { describeGateway } from './get-gateway.ts';
import { requireGatewayGroup } from './require-gateway.ts';

export const UpdateGatewayInput = z.object({
  gatewayId: idSchema('gw'),
  name: GatewayName,
  description: GatewayDescription,
  groupId: idSchema('gwg').nullable(),
  /** Whether rows of previews may pass through the server. */
  allowPreviews: z.boolean(),
  /** Whether landed rows and changes may pass through the server. */
  allowLandedRows: z.boolean(),
});
export type UpdateGatewayInput = z.input<typeof UpdateGatewayInput>;

/** Changes name, description, group, and which rows may pass through the server. @throws ConflictError `name-taken` */
export async function updateGateway({ ctx, input }: Call<UpdateGatewayInput>): Promise<GatewayDetailDto> {
  requireRole(ctx, 'admin');
  const { gatewayId, ...settings } = UpdateGatewayInput.parse(input);
  try {
    await write(ctx, async (tx, audit) => {
      if (!(await lockGateway(tx, gatewayId))) throw new NotFoundError('data gateway');
      if (settings.groupId !== null) await requireGatewayGroup({ db: tx }, settings.groupId);
      await updateGatewaySettings(tx, gatewayId, settings);
      const { name, groupId, allowPreviews, allowLandedRows } = settings;
      await audit({ action: 'gateway.update', subjectId: gatewayId, detail: { name, groupId, allowPreviews, allowLandedRows } });
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw nameTaken('data gateway', error);
    throw error;
  }
  return describeGateway(ctx, gatewayId);
}
