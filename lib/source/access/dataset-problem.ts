import { z } from 'zod';
import type { Problem } from '#lib/domain/problem.ts';
import { AppError } from '#lib/platform/errors.ts';

/** Longest evidence that is shown, characters. */
const EVIDENCE_MAX = 200;

/**
 * The problem of one dataset, for any error: where many datasets are processed (Check
 * access, sampling) an unexpected answer is the result of its dataset, and the others are still processed.
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
    title: 'An answer from Graph is not in the documented format.',
    detail: evidenceOf(error),
    remedy: 'Check the Graph Base URL. If it is right, report the dataset to the developers of Entrada.',
    fixer: 'operator',
  };
}

function evidenceOf(error: unknown): string {
  const [issue] = error instanceof z.ZodError ? error.issues : [];
  if (issue !== undefined) return `${issue.path.join('.') || 'The answer'}: ${issue.message}`;
  return error instanceof Error ? error.message.slice(0, EVIDENCE_MAX) : 'No details are known.';
}
