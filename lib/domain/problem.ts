import { z } from 'zod';
import { PROBLEM_STATUS, type ProblemCode } from './problem-code.ts';

/** Who can fix a problem. */
export type Fixer = 'you' | 'tenant-admin' | 'operator';

/**
 * A problem as data that may be shown to a person: never a secret, never a stack trace.
 * The shape follows RFC 9457 (Problem Details), with the texts that a person needs to act.
 */
export interface Problem {
  readonly code: ProblemCode;
  /** One sentence: what happened. */
  readonly title: string;
  /** Further facts, without secrets. */
  readonly detail?: string;
  /** One sentence: what to do, and where. */
  readonly remedy?: string;
  readonly fixer?: Fixer;
  /** Form field with the problem, as named in the input schema. */
  readonly field?: string;
  /** A value of a form field that would fix it, as Entra or Graph named it. */
  readonly suggestion?: { readonly field: string; readonly value: string };
  /** Documentation page about it. */
  readonly link?: string;
  /** Ids for a support request: those of Entra and Graph. */
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

/** Parses a problem from JSON. */
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

/** Answer of every server action: a value, or a problem to show. */
export type ActionResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };
