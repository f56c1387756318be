import { AppError } from '#lib/platform/errors.ts';

/** End of a shared access signature; null where a stored access policy defines it. */
export function sasEnd(sas: string): Date | null {
  const end = new URLSearchParams(sas).get('se');
  const time = end === null ? Number.NaN : Date.parse(end);
  return Number.isNaN(time) ? null : new Date(time);
}

/** @throws AppError `lake-sign-in-refused` when it has expired: the service would only answer that it is invalid. */
export function requireValidSas(sas: string, now: Date): void {
  const end = sasEnd(sas);
  if (end !== null && end <= now) throw sasExpired(end);
}

export function sasExpired(end: Date | null, cause?: unknown): AppError {
  return new AppError(
    {
      code: 'lake-sign-in-refused',
      title:
        end === null
          ? 'The shared access signature has expired.'
          : `The shared access signature expired on ${end.toISOString().slice(0, 16).replace('T', ' ')} UTC.`,
      remedy: 'Enter a new signature in the target and run the task again. Nothing was published.',
      fixer: 'you',
    },
    cause === undefined ? {} : { cause },
  );
}
