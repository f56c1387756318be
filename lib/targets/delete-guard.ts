import { AppError } from '#lib/platform/errors.ts';

/** What a comparison with landed rows found. */
export interface FoundDeletes {
  /** Rows that are landed. */
  readonly landed: number;
  readonly deleted: number;
  readonly inserted: number;
}

/**
 * @param where the table or folder, to show
 * @throws AppError `delete-share-exceeded`: a person has to say that so many rows may go.
 */
export function checkDeletes(
  where: string,
  { landed, deleted, inserted }: FoundDeletes,
  { deleteShareMax, confirmed }: { readonly deleteShareMax: number; readonly confirmed: boolean },
): void {
  if (confirmed || landed === 0 || deleted / landed <= deleteShareMax) return;
  const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;
  throw new AppError({
    code: 'delete-share-exceeded',
    title: `This reload would delete ${deleted} of ${landed} rows of ${where} (${percent(deleted / landed)}).`,
    detail: `The task allows ${percent(deleteShareMax)}. It would also insert ${inserted} rows. Nothing was changed.`,
    remedy:
      'If these rows were really deleted in Entra, run the task again and confirm the deletes. Otherwise, check the permissions of the connection.',
    fixer: 'you',
  });
}
