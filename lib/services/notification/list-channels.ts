import type { ChannelDto } from '#lib/domain/notification/channel.ts';
import { listChannelRows } from '#lib/store/notification/channels.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';

/** The channels sorted by name, without their secrets. */
export async function listChannels({ ctx }: Call<unknown>): Promise<ChannelDto[]> {
  requireRole(ctx, 'editor', 'reads');
  return listChannelRows(ctx.db);
}
