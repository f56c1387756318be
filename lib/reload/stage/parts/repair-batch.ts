import { isMalformedPage } from '../stage-error.ts';
import type { PageBatch } from './page-batch.ts';

/**
 * Parses a batch by `copy`. When the parser refuses it, the batch is repaired (characters that no target accepts), then invalid rows
 * are set aside where the task allows it, with another attempt after each.
 * @param run runs a statement of DuckDB.
 * @throws the error of the parser, naming the row where it is known.
 */
export async function copyOrRepair<T>(
  batch: PageBatch,
  copy: () => Promise<T>,
  run: (sql: string) => Promise<unknown>,
): Promise<T> {
  try {
    return await copy();
  } catch (error) {
    // Half surrogate pairs and broken UTF-8 end the parser; only then is it worth looking at every character.
    if (isMalformedPage(error) && (await batch.repair())) return copyOrReject(batch, copy, run);
    if (!(await batch.reject(error, run))) throw await batch.explain(error);
    return copy();
  }
}

async function copyOrReject<T>(batch: PageBatch, copy: () => Promise<T>, run: (sql: string) => Promise<unknown>): Promise<T> {
  try {
    return await copy();
  } catch (error) {
    if (!(await batch.reject(error, run))) throw await batch.explain(error);
    return copy();
  }
}
