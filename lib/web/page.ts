import 'server-only';
import { notFound, unstable_rethrow } from 'next/navigation';
import { ZodError } from 'zod';
import type { ActionResult } from '#lib/domain/problem.ts';
import { AppError } from '#lib/platform/errors.ts';
import { toActionError } from './to-problem.ts';

/** For pages: shows the not-found page for an object that does not exist, or an invalid id. */
export async function orNotFound<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if ((error instanceof AppError && error.code === 'not-found') || error instanceof ZodError) notFound();
    throw error;
  }
}

/** For parts of a page that may fail separately (a live sample, landed rows): the value, or the problem to show in its place. */
export async function orProblem<T>(reading: Promise<T>): Promise<ActionResult<T>> {
  try {
    return { ok: true, value: await reading };
  } catch (error) {
    unstable_rethrow(error);
    return { ok: false, problem: toActionError(error) };
  }
}
