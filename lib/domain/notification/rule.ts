import { z } from 'zod';
import { idSchema } from '../id.ts';
import { NotificationEvent } from './event.ts';

/** What is entered for a rule. */
export const RuleInput = z.object({
  name: z.string().trim().min(1, 'Enter a name.').max(100, 'At most 100 characters.'),
  enabled: z.boolean().default(true),
  events: z.array(NotificationEvent).min(1, 'Choose at least one event.'),
  /** At most one of the two; neither: all connections and tasks. */
  connectionId: idSchema('conn').nullable().default(null),
  taskId: idSchema('task').nullable().default(null),
  channelIds: z.array(idSchema('nchn')).max(50).default([]),
  /** Also in the inbox of everybody. */
  inbox: z.boolean().default(true),
  /** Of `credential-ends`. */
  daysBefore: z.number().int().min(1).max(180).default(14),
  /** Of `gateway-away`. */
  awayMinutes: z.number().int().min(2).max(10_080).default(10),
  /** Of `nothing-landed`. */
  silentHours: z.number().int().min(1).max(2160).default(24),
});
export type RuleInput = z.input<typeof RuleInput>;

export const RuleDto = z
  .object({
    id: idSchema('nrul'),
    ...RuleInput.required().shape,
    connectionName: z.string().nullable(),
    taskName: z.string().nullable(),
    channels: z.array(z.object({ id: idSchema('nchn'), name: z.string() })),
  })
  .omit({ channelIds: true });
export type RuleDto = z.infer<typeof RuleDto>;
