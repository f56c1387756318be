import { z } from 'zod';
import { idSchema } from '../id.ts';
import { NotificationEvent } from './event.ts';

/** Input for a rule. */
export const RuleInput = z.object({
  name: z.string().trim().min(1, 'Enter a name.').max(100, 'At most 100 characters.'),
  enabled: z.boolean().default(true),
  events: z.array(NotificationEvent).min(1, 'Choose at least one event.'),
  /** At most one of the two; both null: all connections and tasks. */
  connectionId: idSchema('conn').nullable().default(null),
  taskId: idSchema('task').nullable().default(null),
  channelIds: z.array(idSchema('nchn')).max(50).default([]),
  /** Whether it is also shown in everybody's inbox. */
  inbox: z.boolean().default(true),
  /** For `credential-ends`: days before the end. */
  daysBefore: z.number().int().min(1).max(180).default(14),
  /** For `gateway-away`: minutes without connection. */
  awayMinutes: z.number().int().min(2).max(10_080).default(10),
  /** For `nothing-landed`: hours without a landed dataset. */
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
