import 'server-only';
import { randomUUID } from 'node:crypto';
import { ZodError } from 'zod';
import type { Problem } from '#lib/domain/problem.ts';
import { AppError, toProblem } from '#lib/platform/errors.ts';
import { composition } from './composition.ts';

/** The problem to show for an error of a service. An error other than an AppError is logged with an id that the person can quote. */
export function toActionError(error: unknown): Problem {
  if (error instanceof AppError) return error.problem;
  if (error instanceof ZodError) return inputProblem(error);
  const reference = randomUUID();
  composition().services.log.error({ err: error, reference }, 'request failed');
  return toProblem(error, reference);
}

/** The first validation error of the input, with its form field. */
function inputProblem(error: ZodError): Problem {
  const [issue] = error.issues;
  const field = issue?.path.map(String).join('.');
  return {
    code: 'invalid-input',
    title: issue?.message ?? 'The input is invalid.',
    fixer: 'you',
    ...(field === undefined || field === '' ? {} : { field }),
  };
}
