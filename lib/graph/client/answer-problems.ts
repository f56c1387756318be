import type { z } from 'zod';
import type { Problem } from '#lib/domain/problem.ts';
import { AppError, RemoteError } from '#lib/platform/errors.ts';

/** An answer that is not complete JSON. @param how what it lacks: `ends in the middle` */
export function truncatedAnswer(how: string, cause?: unknown): RemoteError {
  return new RemoteError(
    {
      code: 'truncated-answer',
      title: `An answer from Graph ${how}.`,
      remedy: 'Entrada retries automatically.',
      fixer: 'operator',
    },
    { retry: 'backoff', cause },
  );
}

/** The problem of an answer of another shape than documented. */
export function answerNotUnderstood(detail: string | undefined): Problem {
  return {
    code: 'answer-not-understood',
    title: 'An answer from Graph is not in the documented format.',
    ...(detail === undefined ? {} : { detail }),
    remedy: 'Check the Graph Base URL. If it is right, report the dataset to the developers of Entrada.',
    fixer: 'operator',
  };
}

/** Where the first issue is, and what it is. */
export function firstIssue({ issues: [issue] }: z.ZodError): string | undefined {
  return issue === undefined ? undefined : `${issue.path.join('.') || 'The answer'}: ${issue.message}`;
}

/** The refusal of a link of an answer: a request to another host would send the access token there. */
export function linkToOtherHost(): AppError {
  return new AppError({
    code: 'link-to-other-host',
    title: 'Graph sent a link to another host. Entrada did not follow it.',
    remedy: 'Check the Graph Base URL, and whether a proxy rewrites answers.',
    fixer: 'operator',
  });
}
