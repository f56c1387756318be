import type { ChannelDto } from '#lib/domain/notification/channel.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import { findChannel } from '#lib/store/notification/channels.ts';

/** @throws NotFoundError */
export async function requireChannel(db: Db | Tx, channelId: string): Promise<ChannelDto> {
  const channel = await findChannel(db, channelId);
  if (channel === null) throw new NotFoundError('channel');
  return channel;
}
