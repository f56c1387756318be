import { type LandingSettings, type TaskTarget, writesFiles } from '#lib/domain/task/task.ts';
import { methodNotTaken } from '#lib/targets/method-not-taken.ts';

/** The settings of a task that lands in tables. @param target its title, for a task that does not fit it */
export function landingSettings(task: TaskTarget, target: string): LandingSettings {
  if (writesFiles(task)) throw methodNotTaken(target, task.method);
  return task.settings;
}
