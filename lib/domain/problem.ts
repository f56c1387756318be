import { z } from 'zod';
import { PROBLEM_STATUS, type ProblemCode } from './problem-code.ts';

/** Who can put a problem right. */
export type Fixer = 'you' | 'tenant-admin' | 'operator';

/**
 * What went wrong, in data that may be shown to a person: never a secret, never a stack trace.
 * The shape follows RFC 9457 (Problem Details) with the words a person needs to act.
 */
export interface Problem {
  readonly code: ProblemCode;
  /** One sentence: what happened. */
  readonly title: string;
  /** Further facts, already free of secrets. */
  readonly detail?: string;
  /** One sentence: what to do, and where. */
  readonly remedy?: string;
  readonly fixer?: Fixer;
  /** Form field that the problem belongs to, as named in the input schema. */
  readonly field?: string;
  /** A value of a form field that would put it right, as the other side named it. */
  readonly suggestion?: { readonly field: string; readonly value: string };
  /** Documentation page about it. */
  readonly link?: string;
  /** Ids to give to support: Entra's and Graph's own. */
  readonly reference?: ProblemReference;
}

export interface ProblemReference {
  /** E.g. `AADSTS7000215`. */
  readonly aadsts?: string;
  /** Graph error code, e.g. `Authorization_RequestDenied`. */
  readonly graphCode?: string;
  readonly httpStatus?: number;
  readonly correlationId?: string;
  readonly requestId?: string;
  /** ISO 8601 UTC. */
  readonly timestamp?: string;
}

/** A problem out of JSON. */
export const ProblemSchema = z.object({
  code: z.enum(Object.keys(PROBLEM_STATUS) as [ProblemCode, ...ProblemCode[]]),
  title: z.string(),
  detail: z.string().exactOptional(),
  remedy: z.string().exactOptional(),
  fixer: z.enum(['you', 'tenant-admin', 'operator']).exactOptional(),
  field: z.string().exactOptional(),
  suggestion: z.object({ field: z.string(), value: z.string() }).exactOptional(),
  link: z.string().exactOptional(),
  reference: z
    .object({
      aadsts: z.string().exactOptional(),
      graphCode: z.string().exactOptional(),
      httpStatus: z.number().int().exactOptional(),
      correlationId: z.string().exactOptional(),
      requestId: z.string().exactOptional(),
      timestamp: z.string().exactOptional(),
    })
    .exactOptional(),
}) satisfies z.ZodType<Problem>;

/** What every server action answers: a value, or a problem to show. */
export type ActionResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };
