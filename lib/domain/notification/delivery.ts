import { z } from 'zod';
import { idSchema } from '../id.ts';
import { ChannelKind } from './channel.ts';

/** `pending`: under way, or retried at `nextAt`. `dead`: given up. */
export const DeliveryState = z.enum(['pending', 'delivered', 'dead']);
export type DeliveryState = z.infer<typeof DeliveryState>;

export const DELIVERY_STATE_LABEL: Readonly<Record<DeliveryState, string>> = {
  pending: 'Sending',
  delivered: 'Delivered',
  dead: 'Given up',
};

export const AttemptDto = z.object({
  number: z.number().int(),
  at: z.string(),
  durationMs: z.number().int(),
  delivered: z.boolean(),
  answer: z.string(),
});
export type AttemptDto = z.infer<typeof AttemptDto>;

export const DeliveryDto = z.object({
  id: idSchema('ndel'),
  notificationId: idSchema('notf'),
  event: z.string(),
  title: z.string(),
  channelId: idSchema('nchn'),
  channelName: z.string(),
  channelKind: ChannelKind,
  state: DeliveryState,
  attempts: z.number().int(),
  nextAt: z.string().nullable(),
  createdAt: z.string(),
  endedAt: z.string().nullable(),
  log: z.array(AttemptDto),
});
export type DeliveryDto = z.infer<typeof DeliveryDto>;

/** How long a delivery is retried, milliseconds: the first attempt that fails after it is the last. */
export const GIVE_UP_AFTER_MS = 24 * 3_600_000;
const FIRST_DELAY_MS = 10_000;
const DELAY_MS_MAX = 3_600_000;
/** Fraction of the wait that is random, so that deliveries to one receiver are not all retried at the same time. */
const JITTER = 0.1;

/** Wait after the `attempts`-th failed attempt, milliseconds: doubled each time, up to one hour. `random` is in [0, 1). */
export function retryDelayMs(attempts: number, random: number): number {
  const delay = Math.min(DELAY_MS_MAX, FIRST_DELAY_MS * 2 ** Math.min(attempts - 1, 20));
  return Math.round(delay * (1 - JITTER * random));
}
