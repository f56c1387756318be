import { z } from 'zod';
import { GatewayChoice } from '#lib/domain/gateway/gateway.ts';
import type { Problem } from '#lib/domain/problem.ts';
import { InvalidInputError } from '#lib/platform/errors.ts';
import { findTargetModule, TARGETS } from '#lib/targets/registry.ts';
import type { EnteredTarget } from '#lib/targets/target.ts';

/** A kind of target that can be created. */
export const TargetKindName = z
  .string()
  .refine((kind) => TARGETS.some((module) => module.kind === kind), 'Choose a kind of target.');

/** Settings and secrets as entered; the module of the kind defines their names. */
export const EnteredValues = z.record(z.string().max(64), z.union([z.string().max(65_536), z.number(), z.boolean(), z.null()]));

/** A target as a person enters it, with the gateway that reaches it. */
export const EnteredTargetInput = z.object({
  kind: TargetKindName,
  settings: EnteredValues,
  secrets: EnteredValues.default({}),
  ...GatewayChoice.shape,
});

/** @throws InvalidInputError `target-settings`, with the first invalid field */
export function parseEntered(kind: string, { settings, secrets }: EnteredTarget): EnteredTarget {
  const module = findTargetModule(kind);
  try {
    const parsed = module.parse({ settings, secrets: hasSecrets(kind) ? secrets : null });
    return parsed;
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    throw new InvalidInputError(problemOf(kind, error), { cause: error });
  }
}

/** Whether targets of the kind have secrets. */
export function hasSecrets(kind: string): boolean {
  return findTargetModule(kind).fields.some((field) => field.secret);
}

/** zod reports one issue for a whole union; the form needs the field and the message of the module. */
function problemOf(kind: string, error: z.ZodError): Problem {
  const { fields } = findTargetModule(kind);
  const [issue] = error.issues;
  const inner = issue?.code === 'invalid_union' ? issue.errors[0]?.[0] : undefined;
  const path = [...(issue?.path ?? []), ...(inner?.path ?? [])].map(String);
  const field = fields.find(({ name, secret }) => path[0] === (secret ? 'secrets' : 'settings') && path[1] === name);
  const message = inner?.message ?? issue?.message ?? '';
  return {
    code: 'target-settings',
    title: field === undefined ? 'The settings are not valid.' : `${field.label}: ${message}`,
    fixer: 'you',
    field: path.join('.'),
  };
}
