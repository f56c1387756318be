import { LandingSettings } from '#lib/domain/task/task.ts';

/** The target of a task that loads into the schema. */
export function fullLoadTask(schema = 'hr') {
  return {
    method: 'full-load',
    targetId: 'targ_44444444444444444444',
    settings: LandingSettings.parse({ schema }),
  } as const;
}
