import { z } from 'zod';

/** A regular expression, without case, over the path behind the version: `groups/<id>/members`. */
export const PathPattern = z.string().refine(isRegExp, 'is no regular expression');

/** Which of the requests that a fault looks at meet it; all of them when nothing is said. */
export const Occurrence = z.object({
  path: PathPattern.optional(),
  /** The first matching request that can meet it; the ones before pass, so that a fault can begin in the middle of a pass. */
  fromRequest: z.number().int().min(1).optional(),
  /** Every nth matching request meets it, counted from `fromRequest`. */
  everyNth: z.number().int().min(1).optional(),
  /** It happens so many times at most. */
  times: z.number().int().min(1).optional(),
});
export type Occurrence = z.infer<typeof Occurrence>;

/** Counts for each fault of a list how often it could and did happen. A list that was parsed anew begins at nothing. */
export interface Occurrences {
  /**
   * Whether the fault happens to this request; asked once for each. `each` keeps a count of its own for each value (for each parent, say).
   */
  isDue(fault: Occurrence, path: string, each?: string): boolean;
}

export function createOccurrences(): Occurrences {
  const counts = new WeakMap<Occurrence, Map<string, { matched: number; happened: number }>>();
  return {
    isDue(fault, path, each = '') {
      if (fault.path !== undefined && !new RegExp(fault.path, 'i').test(path)) return false;
      const ofFault = counts.get(fault) ?? new Map<string, { matched: number; happened: number }>();
      counts.set(fault, ofFault);
      const count = ofFault.get(each) ?? { matched: 0, happened: 0 };
      ofFault.set(each, count);
      const { fromRequest = 1, everyNth = 1, times = Number.POSITIVE_INFINITY } = fault;
      const position = ++count.matched - fromRequest + 1;
      if (position < 1 || position % everyNth !== 0 || count.happened >= times) return false;
      count.happened++;
      return true;
    },
  };
}

function isRegExp(text: string): boolean {
  try {
    new RegExp(text, 'i');
    return true;
  } catch {
    return false;
  }
}
