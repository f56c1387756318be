import { z } from 'zod';
import { actorRef } from '#lib/domain/account/actor.ts';
import { GatewayDescription, GatewayName } from '#lib/domain/gateway/gateway.ts';
import type { GatewayDetailDto, RegistrationKeyDto } from '#lib/domain/gateway/gateway-dto.ts';
import { idSchema } from '#lib/domain/id.ts';
import { newId } from '#lib/platform/id.ts';
import { insertGateway } from '#lib/store/gateway/gateways.ts';
import { isUniqueViolation } from '#lib/store/unique-violation.ts';
import { nameTaken } from '../connection/name-taken.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';
import { describeGateway } from './get-gateway.ts';
import { newRegistrationKey } from './registration-key.ts';
import { requireGatewayGroup } from './require-gateway.ts';

export const CreateGatewayInput = z.object({
  name: GatewayName,
  description: GatewayDescription,
  groupId: idSchema('gwg').nullable().default(null),
});
export type CreateGatewayInput = z.input<typeof CreateGatewayInput>;

/**
 * Creates a data gateway, with the one-time key for the registration of its process. Only this answer contains the
 * key; the database stores its digest.
 * @throws ConflictError `name-taken`
 */
export async function createGateway({
  ctx,
  input,
}: Call<CreateGatewayInput>): Promise<{ readonly gateway: GatewayDetailDto; readonly registration: RegistrationKeyDto }> {
  const actor = requireRole(ctx, 'admin');
  const { name, description, groupId } = CreateGatewayInput.parse(input);
  const id = newId('gw');
  const now = ctx.clock.now();
  const { shown, stored } = newRegistrationKey(now);
  try {
    await write(ctx, async (tx, audit) => {
      if (groupId !== null) await requireGatewayGroup({ db: tx }, groupId);
      const createdById = actorRef(actor).userId;
      await insertGateway(tx, { id, name, description, groupId, ...stored, createdById, createdAt: now });
      await audit({ action: 'gateway.create', subjectId: id, detail: { name, groupId, keyExpiresAt: shown.expiresAt } });
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw nameTaken('data gateway', error);
    throw error;
  }
  return { gateway: await describeGateway(ctx, id), registration: shown };
}
