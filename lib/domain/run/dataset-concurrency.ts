/** Datasets of a run that are reloaded at the same time: most are small and spend nearly all their time waiting for Graph. */
export const DATASET_CONCURRENCY = 4;
/** A dataset with more rows is large. Large datasets are reloaded one at a time, which bounds memory, and small ones do not wait for them. */
export const SMALL_DATASET_ROWS = 10_000;

/** When the last dataset ends, seconds: each starts, in order, as soon as an earlier one has ended. */
export function estimateRunSeconds(
  datasets: readonly { readonly rows: number | null; readonly seconds: number | null }[],
): number {
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
