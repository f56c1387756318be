import { z } from 'zod';
import { idSchema } from '../id.ts';
import { NotificationEvent, NotificationMessage } from './event.ts';

export const InboxItemDto = z.object({
  id: idSchema('notf'),
  event: NotificationEvent,
  at: z.string(),
  read: z.boolean(),
  ...NotificationMessage.shape,
});
export type InboxItemDto = z.infer<typeof InboxItemDto>;

export const InboxDto = z.object({ unread: z.number().int(), items: z.array(InboxItemDto) });
export type InboxDto = z.infer<typeof InboxDto>;
