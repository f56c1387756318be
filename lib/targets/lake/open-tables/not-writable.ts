import { AppError } from '#lib/platform/errors.ts';
import type { LakeStore } from '#lib/targets/lake/lake-store.ts';

/** The refusal of a table in a form that Entrada does not write. */
export function notWritable({ location }: LakeStore, format: 'Delta' | 'Iceberg', why: string): AppError {
  return new AppError({
    code: 'table-not-ours',
    title: `Entrada cannot write to the ${format} table in ${location}: ${why}.`,
    remedy: 'Choose another folder in the task, or delete this table. Nothing was published.',
    fixer: 'you',
  });
}
