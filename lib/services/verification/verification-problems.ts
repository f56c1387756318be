import type { Problem } from '#lib/domain/problem.ts';
import { ConflictError, InvalidInputError } from '#lib/platform/errors.ts';

const AUTHENTICATE_AGAIN = 'Choose Authenticate again and paste the new code.';

/** The answer belongs to no sign-in that was started here, or it was altered. */
export function answerWithoutSignIn(): ConflictError {
  return new ConflictError({
    code: 'foreign-answer',
    title: 'This answer does not belong to a sign-in that Entrada started.',
    remedy: 'Go back to the connection in Entrada and choose Authenticate there.',
    fixer: 'you',
  });
}

export function otherPersonsAnswer(): ConflictError {
  return new ConflictError({
    code: 'other-persons-answer',
    title: 'Another person of Entrada started this sign-in.',
    remedy: 'Sign in to Entrada as that person, or choose Authenticate yourself.',
    fixer: 'you',
  });
}

export function signInAlreadyAnswered(): ConflictError {
  return new ConflictError({
    code: 'answered-already',
    title: 'This sign-in already has a code.',
    remedy: `Paste the code that the page showed first. If you no longer have it: ${AUTHENTICATE_AGAIN}`,
    fixer: 'you',
  });
}

export function verificationExpired(): ConflictError {
  return new ConflictError({
    code: 'verification-expired',
    title: 'This sign-in has expired: it is valid for 15 minutes.',
    remedy: AUTHENTICATE_AGAIN,
    fixer: 'you',
  });
}

export function codeEmpty(): InvalidInputError {
  return new InvalidInputError({
    code: 'code-empty',
    title: 'No code was entered.',
    remedy: 'Paste the code that the sign-in window showed.',
    fixer: 'you',
    field: 'pasted',
  });
}

export function codeTooLong(): InvalidInputError {
  return new InvalidInputError({
    code: 'code-too-long',
    title: 'The text is too long for an authentication code.',
    remedy: 'Choose Copy on the page that shows the code, and paste only that.',
    fixer: 'you',
    field: 'pasted',
  });
}

export function codeUnreadable(): InvalidInputError {
  return new InvalidInputError({
    code: 'code-unreadable',
    title: 'The text is not an authentication code.',
    remedy: 'Choose Copy on the page that shows the code, and paste it unchanged: one long word without spaces.',
    fixer: 'you',
    field: 'pasted',
  });
}

export function codeOfOtherSignIn(): ConflictError {
  return new ConflictError({
    code: 'code-from-elsewhere',
    title: 'This code belongs to another sign-in.',
    remedy: 'Paste the code of the last sign-in that you started in this dialog.',
    fixer: 'you',
    field: 'pasted',
  });
}

export function codeUsed(): ConflictError {
  return new ConflictError({
    code: 'code-used',
    title: 'This code was already used. A code works once.',
    remedy: AUTHENTICATE_AGAIN,
    fixer: 'you',
    field: 'pasted',
  });
}

export function notVerified(): ConflictError {
  return new ConflictError({
    code: 'not-verified',
    title: 'This connection is not verified yet.',
    remedy: 'Choose Authenticate, sign in, paste the code and choose Verify.',
    fixer: 'you',
  });
}

export function verificationConsumed(): ConflictError {
  return new ConflictError({
    code: 'verification-consumed',
    title: 'A connection was already created from this sign-in.',
    remedy: 'Open that connection in the list, or choose Authenticate to create another one.',
    fixer: 'you',
  });
}

/** Entra's problem, with the remedy for a code that can no longer be redeemed. */
export function withAuthenticateAgain(problem: Problem): Problem {
  return { ...problem, remedy: [problem.remedy, AUTHENTICATE_AGAIN].filter((text) => text !== undefined).join(' ') };
}
