import { ConflictError } from '#lib/platform/errors.ts';

/** @param next what the person can do after the run, e.g. `then delete the task` */
export function taskIsRunning(runId: string, next: string): ConflictError {
  return new ConflictError({
    code: 'task-is-running',
    title: 'This task is running.',
    remedy: `Cancel the run or wait until it ends, ${next}.`,
    fixer: 'you',
    link: `/runs/${runId}`,
  });
}
