import { AppError } from '#lib/platform/errors.ts';

/** The problem when other writers commit to the table faster. */
export function tableConflict(table: 'Delta' | 'Iceberg', location: string): AppError {
  return new AppError(
    {
      code: 'landing-table-busy',
      title: `Other writers keep changing the ${table} table in ${location}.`,
      remedy: 'Stop the other writers, and run the task again. Readers still see the version from before this run.',
      fixer: 'you',
    },
    { retry: 'backoff' },
  );
}
