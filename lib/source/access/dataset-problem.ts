import { z } from 'zod';
import type { Problem } from '#lib/domain/problem.ts';
import { answerNotUnderstood, firstIssue } from '#lib/graph/client/answer-problems.ts';
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
  return answerNotUnderstood(evidenceOf(error));
}

function evidenceOf(error: unknown): string {
  const issue = error instanceof z.ZodError ? firstIssue(error) : undefined;
  if (issue !== undefined) return issue;
  return error instanceof Error ? error.message.slice(0, EVIDENCE_MAX) : 'No details are known.';
}
