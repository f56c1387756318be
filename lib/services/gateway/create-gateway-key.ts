import { z } from 'zod';
import type { RegistrationKeyDto } from '#lib/domain/gateway/gateway-dto.ts';
import { idSchema } from '#lib/domain/id.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import { lockGateway, setRegistrationKey } from '#lib/store/gateway/gateways.ts';
import type { Call } from '../context.ts';
import { requireFreshSignIn } from '../require-fresh-sign-in.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';
import { newRegistrationKey } from './registration-key.ts';
import { requireGateway } from './require-gateway.ts';

export const CreateGatewayKeyInput = z.object({ gatewayId: idSchema('gw') });
export type CreateGatewayKeyInput = z.input<typeof CreateGatewayKeyInput>;

/**
 * Creates a new registration key. The process that registers with it becomes this gateway and receives its secrets, and the earlier process is
 * refused
 * from then on: therefore it needs a recent sign-in. Until the key is used, the gateway works on unchanged.
 */
export async function createGatewayKey({ ctx, input }: Call<CreateGatewayKeyInput>): Promise<RegistrationKeyDto> {
  requireRole(ctx, 'admin');
  requireFreshSignIn(ctx);
  const { gatewayId } = CreateGatewayKeyInput.parse(input);
  const { shown, stored } = newRegistrationKey(ctx.clock.now());
  await write(ctx, async (tx, audit) => {
    if (!(await lockGateway(tx, gatewayId))) throw new NotFoundError('data gateway');
    const { name } = await requireGateway({ db: tx }, gatewayId);
    await setRegistrationKey(tx, gatewayId, stored);
    await audit({ action: 'gateway.create-key', subjectId: gatewayId, detail: { name, expiresAt: shown.expiresAt } });
  });
  return shown;
}
