import { type Problem, ProblemSchema } from '#lib/domain/problem.ts';
import { PROBLEM_STATUS } from '#lib/domain/problem-code.ts';

/**
 * Parses a problem of another version of Entrada. A code that is unknown here becomes
 * `gateway-problem`; the texts stay.
 */
export function readProblem(value: unknown): Problem {
  const strict = ProblemSchema.safeParse(withKnownCodes(value));
  if (strict.success) return strict.data;
  const { title, detail, remedy } =
    typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  return {
    code: 'gateway-problem',
    title:
      typeof title === 'string' ? title : 'The server or data gateway sent an error that this version of Entrada does not know.',
    ...(typeof detail === 'string' ? { detail } : {}),
    ...(typeof remedy === 'string' ? { remedy } : {}),
  };
}

/** The same value with every unknown problem code in it (beside a `title`) replaced by `gateway-problem`. */
export function withKnownCodes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withKnownCodes);
  if (typeof value !== 'object' || value === null) return value;
  const read = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withKnownCodes(member)]));
  const { code, title } = read;
  const unknown = typeof code === 'string' && typeof title === 'string' && !Object.hasOwn(PROBLEM_STATUS, code);
  return unknown ? { ...read, code: 'gateway-problem' } : read;
}
