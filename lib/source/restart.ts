import { RESTART_CODES } from '#lib/graph/paging/pages.ts';
import { AppError } from '#lib/platform/errors.ts';

/** Times that a chain of links is read again from its start because its links expired or went in circles. */
export const RESTARTS_MAX = 3;

/** Whether reading from the start may cure what ended a chain of links that was begun again `restarts` times. */
export function mayRestart(error: unknown, restarts: number): boolean {
  return error instanceof AppError && RESTART_CODES.has(error.code) && restarts < RESTARTS_MAX;
}
