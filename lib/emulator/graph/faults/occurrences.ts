import { z } from 'zod';

/** A case-insensitive regular expression for the path after the version: `groups/<id>/members`. */
export const PathPattern = z.string().refine(isRegExp, 'is no regular expression');

/** Which matching requests a fault applies to; default: all. */
export const Occurrence = z.object({
  path: PathPattern.optional(),
  /** The first matching request with the fault, so that it can start in the middle of a pass. */
  fromRequest: z.number().int().min(1).optional(),
  /** Every nth matching request has the fault, counted from `fromRequest`. */
  everyNth: z.number().int().min(1).optional(),
  /** Maximum number of occurrences. */
  times: z.number().int().min(1).optional(),
});
export type Occurrence = z.infer<typeof Occurrence>;

/** Counts for each fault of a list its matching requests and occurrences. A newly parsed list starts at zero. */
export interface Occurrences {
  /** Whether the fault applies to this request; called once per request. `each`: a value with a separate counter (e.g. each parent). */
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
