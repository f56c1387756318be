import { z } from 'zod';
import { GraphErrorResponse } from '../error-response.ts';
import { createOccurrences, Occurrence } from './occurrences.ts';

/**
 * Adds a number to `$count` and `@odata.count` of a path: they come from an index that lags behind the directory, in either direction
 * (Graph doc "Advanced query capabilities": counts are eventually consistent). The path is that of the collection, without `/$count`.
 */
const WrongCount = Occurrence.extend({ by: z.number().int() });

export const CountSettings = {
  wrongCounts: z.array(WrongCount),
  /** `/$count` answers 404, like OData servers without this segment; `@odata.count` is absent. */
  noCount: z.boolean(),
};

interface Settings {
  readonly wrongCounts?: readonly z.infer<typeof WrongCount>[] | undefined;
  readonly noCount?: boolean | undefined;
}

export interface Counts {
  /** The reported count for `count` rows. */
  report(settings: Settings, path: string, count: number): number;
}

export function createCounts(): Counts {
  const occurrences = createOccurrences();
  return {
    report({ wrongCounts = [] }, path, count) {
      const off = wrongCounts.filter((fault) => occurrences.isDue(fault, path)).reduce((sum, { by }) => sum + by, 0);
      return Math.max(0, count + off);
    },
  };
}

export function noCountSegment(): GraphErrorResponse {
  return new GraphErrorResponse(404, 'ResourceNotFound', "Resource not found for the segment '$count'.");
}
