import { AppError } from '#lib/platform/errors.ts';

/** The problem when other writers commit to the table faster. */
export function tableConflict(table: 'Delta' | 'Iceberg', location: string): AppError {
  return new AppError(
    {
      code: 'landing-table-busy',
      title: `Other writers keep changing the ${table} table in ${location}.`,
      remedy: 'Stop them, and run the task again. What readers see is what was there before.',
      fixer: 'you',
    },
    { retry: 'backoff' },
  );
}
