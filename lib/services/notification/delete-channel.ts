import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import { deleteChannelRow, lockChannel } from '#lib/store/notification/channels.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';
import { requireChannel } from './require-channel.ts';

export const DeleteChannelInput = z.object({ channelId: idSchema('nchn') });
export type DeleteChannelInput = z.input<typeof DeleteChannelInput>;

/** Deletes a channel with its secrets, its delivery log and its pending deliveries. Rules that named it stay. @throws NotFoundError */
export async function deleteChannel({ ctx, input }: Call<DeleteChannelInput>): Promise<void> {
  requireRole(ctx, 'admin');
  const { channelId } = DeleteChannelInput.parse(input);
  const { name, kind } = await requireChannel(ctx.db, channelId);
  await write(ctx, async (tx, audit) => {
    if (!(await lockChannel(tx, channelId))) throw new NotFoundError('channel');
    await deleteChannelRow(tx, channelId);
    await audit({ action: 'notification-channel.delete', subjectId: channelId, detail: { name, kind } });
  });
}
