import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { AppError } from '#lib/platform/errors.ts';

/** The problem that nothing of this dataset has landed in the target. */
export function notLanded(dataset: DatasetDefinition): AppError {
  return new AppError({
    code: 'not-landed-yet',
    title: `This task has not landed ${dataset.title} yet.`,
    remedy: 'Run the task. The rows appear here when the run is done.',
    fixer: 'you',
  });
}
