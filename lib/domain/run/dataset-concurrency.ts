/** Datasets of a run that are reloaded at once: most are small, and wait for Graph nearly all of their time. */
export const DATASET_CONCURRENCY = 4;
/** A dataset of more rows is a large one. Of those one goes at a time, so that memory is that of one, and the small ones don't wait for all. */
export const SMALL_DATASET_ROWS = 10_000;

/** When the last of the datasets ends, seconds: each begins, in their order, when one before has ended. */
export function secondsTogether(datasets: readonly { readonly rows: number | null; readonly seconds: number | null }[]): number {
  const freeAt = Array.from({ length: DATASET_CONCURRENCY }, () => 0);
  let largeFreeAt = 0;
  for (const { rows, seconds } of datasets) {
    const begin = Math.min(...freeAt);
    const isLarge = rows !== null && rows > SMALL_DATASET_ROWS;
    const end = (isLarge ? Math.max(begin, largeFreeAt) : begin) + (seconds ?? 0);
    freeAt[freeAt.indexOf(begin)] = end;
    if (isLarge) largeFreeAt = end;
  }
  return Math.max(...freeAt);
}
