import type { ProblemCode } from '#lib/domain/problem-code.ts';
import { AppError } from '#lib/platform/errors.ts';

/** Converts an error of the disk to an AppError; returns other errors unchanged. */
export function toLakeError(error: unknown, folder: string): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  const text = `${(error as NodeJS.ErrnoException).code ?? ''} ${error.message}`;
  if (/ENOSPC|EDQUOT|No space left/i.test(text)) {
    return lakeProblem(
      'lake-disk-full',
      `The disk that holds ${folder} is full.`,
      'Free space on the disk and run the task again. Nothing was published.',
      error,
    );
  }
  if (/EACCES|EPERM|EROFS|Permission denied|Read-only/i.test(text)) {
    return lakeProblem(
      'lake-forbidden',
      `Entrada cannot write to ${folder}.`,
      'Give the user that runs Entrada write access to this folder. Nothing was published.',
      error,
    );
  }
  if (/ENOTDIR|EEXIST|Not a directory/i.test(text)) {
    return lakeProblem(
      'lake-not-a-folder',
      `${folder} is not a folder.`,
      'Choose another folder in the task. Nothing was published.',
      error,
    );
  }
  return error;
}

function lakeProblem(code: ProblemCode, title: string, remedy: string, cause: Error): AppError {
  return new AppError({ code, title, remedy, fixer: 'operator' }, { cause });
}
