import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import { type TargetDetailDto, TargetName } from '#lib/domain/target/target.ts';
import { InvalidInputError } from '#lib/platform/errors.ts';
import { renameTarget, setTargetAccess } from '#lib/store/run/targets.ts';
import { isUniqueViolation } from '#lib/store/unique-violation.ts';
import { findTargetModule } from '#lib/targets/registry.ts';
import { nameTaken } from '../connection/name-taken.ts';
import type { Call, Context } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';
import { getTarget } from './get-target.ts';
import { EnteredValues, hasSecrets, parseEntered } from './parse-entered.ts';
import { requireOwnTarget } from './require-target.ts';
import { requireTargetAccess } from './require-target-access.ts';

export const UpdateTargetInput = z.object({
  targetId: idSchema('targ'),
  name: TargetName,
  settings: EnteredValues,
  /** Null: the stored ones stay; only while the settings are as they were. */
  secrets: EnteredValues.nullable().default(null),
});
export type UpdateTargetInput = z.input<typeof UpdateTargetInput>;

/**
 * Changes a target; runs that go on keep to what they began with.
 * @throws InvalidInputError `target-settings`, `target-secrets-needed`; ConflictError `target-built-in`, `name-taken`
 */
export async function updateTarget({ ctx, input }: Call<UpdateTargetInput>): Promise<TargetDetailDto> {
  requireRole(ctx, 'editor');
  const { targetId, name, settings, secrets } = UpdateTargetInput.parse(input);
  const { kind } = await requireOwnTarget(ctx, targetId);
  const entered = await enteredOf(ctx, { targetId, kind, settings, secrets });
  try {
    await write(ctx, async (tx, audit) => {
      await renameTarget(tx, targetId, name);
      await setTargetAccess(tx, ctx.ring, targetId, { kind, ...entered, builtIn: false });
      await audit({ action: 'target.update', subjectId: targetId, detail: { name, kind, secrets: secrets !== null } });
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw nameTaken('target', error);
    throw error;
  }
  return getTarget({ ctx, input: { targetId } });
}

/**
 * What was entered, with the stored secrets where none were. They are for the place that they were entered for: whoever changes the host
 * could otherwise have a password sent to a machine of their own.
 */
export async function enteredOf(
  ctx: Pick<Context, 'db' | 'ring'>,
  { targetId, kind, settings, secrets }: { targetId: string; kind: string; settings: unknown; secrets: unknown },
): Promise<{ readonly settings: unknown; readonly secrets: unknown }> {
  if (secrets !== null || !hasSecrets(kind)) return parseEntered(kind, { settings, secrets });
  const stored = await requireTargetAccess(ctx, targetId);
  const entered = parseEntered(kind, { settings, secrets: stored.secrets });
  const before = findTargetModule(kind).parse({ settings: stored.settings, secrets: stored.secrets });
  if (isDeepStrictEqual(entered.settings, before.settings)) return entered;
  const field = findTargetModule(kind).fields.find(({ secret }) => secret);
  throw new InvalidInputError({
    code: 'target-secrets-needed',
    title: `Enter the ${field?.label.toLowerCase() ?? 'secret'} again: the settings have changed.`,
    remedy: 'A stored secret is only sent to where it was entered for.',
    fixer: 'you',
    field: `secrets.${field?.name ?? ''}`,
  });
}
