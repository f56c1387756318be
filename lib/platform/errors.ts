import type { Problem } from '#lib/domain/problem.ts';
import type { ProblemCode } from '#lib/domain/problem-code.ts';

/**
 * Whether a retry can succeed: `never`; `backoff`; after the time that the other side named; or `limited`: with back-off and a few times
 * only, since the same answer may also be a permanent refusal.
 */
export type Retry = 'never' | 'limited' | 'backoff' | { readonly afterMs: number };

export interface AppErrorOptions {
  readonly cause?: unknown;
  readonly retry?: Retry;
}

/** Marks AppErrors of every copy of this module: each bundle of Next.js has one, and so has the process that loads them. */
const IS_APP_ERROR = Symbol.for('entrada.AppError');

/**
 * The one error type that crosses layers. `problem` may be shown to people; `cause` holds the evidence and is only logged.
 * Subclasses exist where callers branch on the type rather than on `problem.code`. `instanceof AppError` also holds for one of another copy
 * of this module; a subclass is recognised within one copy only.
 */
export class AppError extends Error {
  override readonly name: string = 'AppError';
  readonly [IS_APP_ERROR] = true;
  readonly problem: Problem;
  readonly retry: Retry;

  constructor(problem: Problem, options: AppErrorOptions = {}) {
    super(`${problem.code}: ${problem.title}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.problem = problem;
    this.retry = options.retry ?? 'never';
  }

  get code(): ProblemCode {
    return this.problem.code;
  }
}

Object.defineProperty(AppError, Symbol.hasInstance, {
  value(this: unknown, thrown: unknown): boolean {
    if (this !== AppError) return Function.prototype[Symbol.hasInstance].call(this as typeof AppError, thrown);
    return thrown instanceof Error && IS_APP_ERROR in thrown;
  },
});

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
      title: `This action needs the role ${needed}.`,
      remedy: 'Ask an administrator of Entrada to give you that role.',
      fixer: 'operator',
    });
  }
}

/** The object doesn't exist, or the caller may not know that it does. */
export class NotFoundError extends AppError {
  override readonly name = 'NotFoundError';
  constructor(what: string) {
    super({ code: 'not-found', title: `This ${what} does not exist.`, remedy: 'It may have been deleted. Go back to the list.' });
  }
}

/** The input is not valid; `problem.field` names the field. */
export class InvalidInputError extends AppError {
  override readonly name = 'InvalidInputError';
}

/** The state of the object doesn't allow the operation (already used, already running, changed by someone else). */
export class ConflictError extends AppError {
  override readonly name = 'ConflictError';
}

/** The other side (Entra, Graph, a target) refused or failed. */
export class RemoteError extends AppError {
  override readonly name = 'RemoteError';
}

/** For the default branch of a switch: does not compile unless every member of the union is handled. */
export function assertNever(value: never): never {
  throw new TypeError(`Unhandled case: ${JSON.stringify(value)}`);
}

/**
 * The problem to show for anything that was thrown. What isn't an AppError is an internal error: the person gets an id to quote
 * (`reference`), and the log has the error.
 */
export function toProblem(error: unknown, reference?: string): Problem {
  if (error instanceof AppError) return error.problem;
  return {
    code: 'internal',
    title: 'An internal error occurred.',
    remedy: 'Try again. If the problem persists, give the reference below to the operator, whose log has the details.',
    fixer: 'operator',
    ...(reference === undefined ? {} : { reference: { requestId: reference } }),
  };
}
