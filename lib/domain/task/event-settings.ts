import { z } from 'zod';

/** How a task reads event datasets; other datasets ignore it. */
export const EventSettings = z.object({
  /** Hours before the newest landed event that each run reads again, since events arrive late and may change. */
  lookbackHours: z.number().int().min(0).max(720).default(2),
  /** How many days back the first run reads; null: all that Graph has. */
  firstDays: z.number().int().min(1).max(400).nullable().default(null),
  /** Age in days after which landed events are deleted from the target; null: never. */
  retentionDays: z.number().int().min(1).max(36_500).nullable().default(null),
});
export type EventSettings = z.infer<typeof EventSettings>;
