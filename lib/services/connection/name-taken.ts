import { ConflictError } from '#lib/platform/errors.ts';

/** The error for a name that exists already; shown at the field. */
export function nameTaken(
  what: 'channel' | 'connection' | 'data gateway' | 'gateway group' | 'rule' | 'target' | 'task',
  cause: unknown,
): ConflictError {
  return new ConflictError(
    {
      code: 'name-taken',
      title: `Another ${what} already has this name.`,
      remedy: 'Choose another name.',
      fixer: 'you',
      field: 'name',
    },
    { cause },
  );
}
