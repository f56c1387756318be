import { z } from 'zod';
import type { Problem } from '#lib/domain/problem.ts';
import { AppError } from '#lib/platform/errors.ts';

/** Longest evidence that is shown, characters. */
const EVIDENCE_MAX = 200;

/**
 * Why one dataset could not be looked at, in words, whatever was thrown: where many datasets are asked for one after the other (Check
 * access, sampling) an answer that nobody foresaw is the result of its dataset, and the others are asked all the same.
 */
export function datasetProblem(error: unknown): Problem {
  if (error instanceof AppError) return error.problem;
  if (error instanceof DOMException && (error.name === 'TimeoutError' || error.name === 'AbortError')) {
    return {
      code: 'timeout',
      title: 'Graph did not answer in time.',
      remedy: 'Try again later: the service may be busy.',
      fixer: 'you',
    };
  }
  return {
    code: 'answer-not-understood',
    title: 'An answer of Graph is not in the documented form.',
    detail: evidenceOf(error),
    remedy: 'Check the Graph Base URL. If it is right, report the dataset to the makers of Entrada.',
    fixer: 'operator',
  };
}

function evidenceOf(error: unknown): string {
  const [issue] = error instanceof z.ZodError ? error.issues : [];
  if (issue !== undefined) return `${issue.path.join('.') || 'The answer'}: ${issue.message}`;
  return error instanceof Error ? error.message.slice(0, EVIDENCE_MAX) : 'No more is known.';
}
