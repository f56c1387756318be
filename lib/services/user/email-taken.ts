import { ConflictError } from '#lib/platform/errors.ts';

export function emailTaken(cause: unknown): ConflictError {
  return new ConflictError(
    {
      code: 'email-taken',
      title: 'Another account already has this e-mail address.',
      remedy: 'Change the role of that account instead.',
      fixer: 'you',
      field: 'email',
    },
    { cause },
  );
}
