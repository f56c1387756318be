import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { UnprovenParents } from '#lib/domain/run/run.ts';
import { AppError } from '#lib/platform/errors.ts';

export interface CompletenessFacts {
  /** Different rows that were staged. */
  readonly staged: number;
  /** `$count` before reading; null: the collection can't be counted. */
  readonly countBefore: number | null;
  /** `$count` again, asked only when the first one differed. */
  readonly countAfter: number | null;
  /** Rows that delta query reported after the reading: the index that counts may not contain them yet. */
  readonly reported: number;
}

/**
 * Whether the staged rows are the whole collection, given that the chain of pages ended. Rows that were added or deleted during the reading may be
 * included or not: any number between the two counts is complete, with a tolerance of the changes that delta query has just reported.
 * @returns null when complete, else the reason as a sentence.
 */
export function findGap(facts: CompletenessFacts): string | null {
  const { staged, countBefore, countAfter } = facts;
  if (countBefore === null || staged === countBefore) return null;
  const after = countAfter ?? countBefore;
  const low = Math.min(countBefore, after);
  const high = Math.max(countBefore, after);
  if (staged >= low - facts.reported && staged <= high + facts.reported) return null;
  const counted = low === high ? `${low}` : `between ${low} and ${high}`;
  return `Graph counted ${counted} rows but sent ${staged}.`;
}

/** The dataset isn't whole: the run keeps its hands off the target. */
export class IncompleteError extends AppError {
  override readonly name: string = 'IncompleteError';
  constructor(dataset: string, gap: string) {
    super({
      code: 'dataset-incomplete',
      title: `${dataset} could not be read completely.`,
      detail: gap,
      remedy: 'Run the task again. If the difference stays, check whether the account that signed in may see all rows.',
    });
  }
}

/** Why a dataset of which something was read isn't whole. */
export interface PartFacts {
  readonly dataset: Pick<DatasetDefinition, 'name' | 'parent'>;
  /** Parents whose rows could not be read, or do not sum up to Graph's own count. */
  readonly failed: UnprovenParents;
  /** Why parents may be missing altogether; null: none is. */
  readonly gap: string | null;
}

/** The problem of a dataset that was read except for some parents. */
export function partlyRead({ dataset, failed, gap }: PartFacts): IncompleteError {
  const named = failed.parents.map(({ id, reason }) => `${id} (${reason})`).join(', ');
  const more = failed.count > failed.parents.length ? ` and ${failed.count - failed.parents.length} more` : '';
  const missing = `The rows of ${failed.count} of ${dataset.parent?.path} could not be read: ${named}${more}.`;
  const said = [...(failed.count === 0 ? [] : [missing]), ...(gap === null ? [] : [gap])];
  return new IncompleteError(dataset.name, said.join(' '));
}
