import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import { type DeliveryDto, DeliveryState } from '#lib/domain/notification/delivery.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import { listDeliveryRows, reviveDelivery } from '#lib/store/notification/deliveries.ts';
import { openConnections } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';

export const ListDeliveriesInput = z.object({
  state: DeliveryState.optional(),
  channelId: idSchema('nchn').optional(),
  /** Id of a delivery: returns older ones. */
  before: idSchema('ndel').optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type ListDeliveriesInput = z.input<typeof ListDeliveriesInput>;

/** The delivery log of what is open to who asks, newest first: each delivery with all its attempts. */
export async function listDeliveries({ ctx, input }: Call<ListDeliveriesInput>): Promise<DeliveryDto[]> {
  requireRole(ctx, 'editor', 'reads');
  const { state = null, channelId = null, before = null, limit } = ListDeliveriesInput.parse(input);
  return listDeliveryRows(ctx.db, { state, channelId, before, limit, connectionIds: await openConnections(ctx) });
}

export const SendAgainInput = z.object({ deliveryId: idSchema('ndel') });
export type SendAgainInput = z.input<typeof SendAgainInput>;

/**
 * Retries a delivery that was given up, with the same id.
 * @throws NotFoundError when it does not exist, was not given up, or is of a connection that is closed to who asks
 */
export async function sendDeliveryAgain({ ctx, input }: Call<SendAgainInput>): Promise<void> {
  requireRole(ctx, 'editor', 'operates');
  const { deliveryId } = SendAgainInput.parse(input);
  const connectionIds = await openConnections(ctx);
  await write(ctx, async (tx, audit) => {
    if (!(await reviveDelivery(tx, deliveryId, { at: ctx.clock.now(), connectionIds })))
      throw new NotFoundError('delivery that was given up');
    await audit({ action: 'notification-delivery.send-again', subjectId: deliveryId });
  });
}
