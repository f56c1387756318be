import type { Problem } from '#lib/domain/problem.ts';

/**
 * Whether trying again can help: `never`, with back-off, after a time that the other side named, or `few`: with back-off and a few times
 * only, since the same words may also be a lasting refusal.
 */
export type Retry = 'never' | 'limited' | 'backoff' | { readonly afterMs: number };

export interface AppErrorOptions {
  readonly cause?: unknown;
  readonly retry?: Retry;
}

/**
 * The one error type that crosses layers. `problem` may be shown to people; `cause` holds the evidence and is only logged.
 * Subclasses exist where callers branch on the type rather than on `problem.code`.
 */
export class AppError extends Error {
  override readonly name: string = 'AppError';
  readonly problem: Problem;
  readonly retry: Retry;

  constructor(problem: Problem, options: AppErrorOptions = {}) {
    super(`${problem.code}: ${problem.title}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.problem = problem;
    this.retry = options.retry ?? 'never';
  }

  get code(): string {
    return this.problem.code;
  }
}

/** The caller isn't signed in. */
export class UnauthenticatedError extends AppError {
  override readonly name = 'UnauthenticatedError';
  constructor() {
    super({ code: 'unauthenticated', title: 'You are not signed in.', remedy: 'Sign in and try again.', fixer: 'you' });
  }
}

/** The caller is known but may not do this. */
export class ForbiddenError extends AppError {
  override readonly name = 'ForbiddenError';
  constructor(needed: string) {
    super({
      code: 'forbidden',
      title: `This needs the role ${needed}.`,
      remedy: 'Ask an administrator of Entrada to give you that role.',
      fixer: 'operator',
    });
  }
}

/** The thing isn't there, or the caller may not know that it is. */
export class NotFoundError extends AppError {
  override readonly name = 'NotFoundError';
  constructor(what: string) {
    super({ code: 'not-found', title: `This ${what} does not exist.`, remedy: 'It may have been deleted. Go back to the list.' });
  }
}

/** Input that doesn't hold; `problem.field` names where. */
export class InvalidInputError extends AppError {
  override readonly name = 'InvalidInputError';
}

/** The state of the thing doesn't allow it (already used, already running, changed by someone else). */
export class ConflictError extends AppError {
  override readonly name = 'ConflictError';
}

/** The other side (Entra, Graph, a target) refused or failed. */
export class RemoteError extends AppError {
  override readonly name = 'RemoteError';
}

/** Reached by no value if every member of a union is handled. */
export function assertNever(value: never): never {
  throw new TypeError(`Unhandled case: ${JSON.stringify(value)}`);
}

/**
 * The problem to show for anything that was thrown. What isn't an AppError is our own fault: the person gets an id to quote
 * (`reference`), the log has the rest.
 */
export function toProblem(error: unknown, reference?: string): Problem {
  if (error instanceof AppError) return error.problem;
  return {
    code: 'internal',
    title: 'Entrada met an error of its own.',
    remedy: 'Try again; if it stays, give the reference below to the operator, whose log has the details.',
    fixer: 'operator',
    ...(reference === undefined ? {} : { reference: { requestId: reference } }),
  };
}
