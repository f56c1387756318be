import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { AppError } from '#lib/platform/errors.ts';

/** The problem that nothing of this dataset has landed in the target. */
export function notLanded(dataset: DatasetDefinition): AppError {
  return new AppError({
    code: 'not-landed-yet',
    title: `${dataset.title} has not been landed by this task yet.`,
    remedy: 'Run the task; the rows appear here when it is done.',
    fixer: 'you',
  });
}
