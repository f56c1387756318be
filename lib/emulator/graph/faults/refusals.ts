import { z } from 'zod';
import { GraphErrorResponse, NO_LICENCE, resourceNotFound } from '../error-response.ts';
import { createOccurrences, type Occurrence, Occurrence as OccurrenceSchema, PathPattern } from './occurrences.ts';

const Answer = {
  status: z.number().int().min(400).max(599),
  code: z.string(),
  message: z.string(),
};

/**
 * Refuses a property: in `$select`, or without one where Graph returns it by default. Pages behind a next link, items of
 * a batch and delta rounds count like other requests. Simulates sign-in activity, which sometimes answers this 403 in licensed
 * tenants (microsoftgraph/microsoft-graph-docs issue 14118), also in the middle of a pass, and `customSecurityAttributes`.
 */
const RefusedProperty = OccurrenceSchema.extend({
  /** Case-insensitive regular expression for the whole name. */
  property: PathPattern,
  status: Answer.status.default(403),
  code: Answer.code.default(NO_LICENCE.code),
  message: Answer.message.default(NO_LICENCE.message),
});

/**
 * Temporarily refuses an allowed request: default 400 UnknownError "Unsupported Query.", as for every other
 * request in microsoftgraph/msgraph-beta-sdk-dotnet issue 269; 403 and 501 occur in the same way.
 */
const PassingRefusal = OccurrenceSchema.extend({
  status: Answer.status.default(400),
  code: Answer.code.default('UnknownError'),
  message: Answer.message.default('Unsupported Query.'),
});

export const RefusalSettings = {
  refuseProperties: z.array(RefusedProperty),
  passingRefusals: z.array(PassingRefusal),
  /**
   * Relations of existing objects answer 404, like replicas that do not have an object yet
   * (Graph doc "Best practices", eventual consistency). Each path has its own counter: `times: 1` is once per parent.
   */
  missingParents: z.array(OccurrenceSchema),
};

interface Settings {
  readonly refuseProperties?: readonly z.infer<typeof RefusedProperty>[] | undefined;
  readonly passingRefusals?: readonly z.infer<typeof PassingRefusal>[] | undefined;
  readonly missingParents?: readonly Occurrence[] | undefined;
}

export interface Refusals {
  /** @throws GraphFault when this request is refused */
  refuse(settings: Settings, path: string): void;
  /** @throws GraphFault when one of the answer's properties is refused */
  refuseProperties(settings: Settings, path: string, names: readonly string[]): void;
}

export function createRefusals(): Refusals {
  const occurrences = createOccurrences();
  return {
    refuse({ passingRefusals = [], missingParents = [] }, path) {
      for (const fault of passingRefusals) {
        if (occurrences.isDue(fault, path)) throw new GraphErrorResponse(fault.status, fault.code, fault.message);
      }
      const [, parent = ''] = path.split('/');
      for (const fault of missingParents) {
        if (occurrences.isDue(fault, path, path.toLowerCase())) throw resourceNotFound(parent);
      }
    },
    refuseProperties({ refuseProperties = [] }, path, names) {
      for (const fault of refuseProperties) {
        const pattern = new RegExp(`^(?:${fault.property})$`, 'i');
        if (names.some((name) => pattern.test(name)) && occurrences.isDue(fault, path))
          throw new GraphErrorResponse(fault.status, fault.code, fault.message);
      }
    },
  };
}
