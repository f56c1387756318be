import { AppError, ConflictError } from '#lib/platform/errors.ts';

/** One answer for an unknown e-mail address, a wrong password, a disabled account and an account without a password. */
export class SignInRefusedError extends AppError {
  override readonly name = 'SignInRefusedError';
  constructor() {
    super({
      code: 'sign-in-refused',
      title: 'The e-mail address or the password is wrong.',
      remedy: 'Check both. An administrator of Entrada can give you an account.',
      fixer: 'you',
    });
  }
}

/** @param afterMs time until the next attempt is allowed, milliseconds. */
export function tooManyAttempts(afterMs: number): ConflictError {
  const seconds = Math.max(1, Math.ceil(afterMs / 1000));
  return new ConflictError(
    {
      code: 'too-many-sign-ins',
      title: 'Sign-in is blocked for a short time after too many failed attempts.',
      remedy: `Try again in ${seconds === 1 ? 'a second' : `${seconds} seconds`}.`,
      fixer: 'you',
    },
    { retry: { afterMs } },
  );
}
