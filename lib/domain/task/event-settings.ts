import { z } from 'zod';

/** How a task reads its datasets of events; the other datasets do not look at it. */
export const EventSettings = z.object({
  /** Events arrive late, and change for a while: each run reads again what happened in the hours before the last one. */
  lookbackHours: z.number().int().min(0).max(720).default(2),
  /** How far the first run goes back, days; null: all that Graph keeps. */
  firstDays: z.number().int().min(1).max(400).nullable().default(null),
  /** Landed events older than this are deleted from the target, days; null: they are kept. */
  retentionDays: z.number().int().min(1).max(36_500).nullable().default(null),
});
export type EventSettings = z.infer<typeof EventSettings>;
