import type { z } from 'zod';
import { InvalidInputError } from '#lib/platform/errors.ts';
import { isNestedDeeper } from '#lib/platform/json-depth.ts';

/** The JSON body of a gateway's request. @throws InvalidInputError `not-json`; ZodError */
export function parseBody<S extends z.ZodType>(schema: S, body: string): z.output<S> {
  if (isNestedDeeper(body)) throw notJson();
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    throw notJson(cause);
  }
  return schema.parse(value);
}

function notJson(cause?: unknown): InvalidInputError {
  const problem = { code: 'not-json', title: 'The body of the request is not JSON.', fixer: 'operator' } as const;
  return new InvalidInputError(problem, { cause });
}
