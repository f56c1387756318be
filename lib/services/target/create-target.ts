import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import { type TargetDetailDto, TargetName } from '#lib/domain/target/target.ts';
import { newId } from '#lib/platform/id.ts';
import { insertTarget, setTargetGateway } from '#lib/store/run/targets.ts';
import { isUniqueViolation } from '#lib/store/unique-violation.ts';
import { nameTaken } from '../connection/name-taken.ts';
import type { Call } from '../context.ts';
import { requireGatewayChoice } from '../gateway/require-gateway.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';
import { getTarget } from './get-target.ts';
import { EnteredTargetInput, parseEntered } from './parse-entered.ts';

export const CreateTargetInput = z.object({
  name: TargetName,
  ...EnteredTargetInput.shape,
});
export type CreateTargetInput = z.input<typeof CreateTargetInput>;

/**
 * Creates a target. Does not connect to it; testTarget does.
 * @throws InvalidInputError `target-settings`; ConflictError `name-taken`
 */
export async function createTarget({ ctx, input }: Call<CreateTargetInput>): Promise<TargetDetailDto> {
  requireRole(ctx, 'editor');
  const { name, kind, settings, secrets, gatewayId, gatewayGroupId } = CreateTargetInput.parse(input);
  const entered = parseEntered(kind, { settings, secrets });
  const targetId = newId('targ');
  try {
    await write(ctx, async (tx, audit) => {
      await insertTarget(tx, ctx.ring, { id: targetId, name, access: { kind, ...entered, builtIn: false } });
      await requireGatewayChoice({ db: tx }, { gatewayId, gatewayGroupId });
      await setTargetGateway(tx, targetId, { gatewayId, gatewayGroupId });
      await audit({ action: 'target.create', subjectId: targetId, detail: { name, kind } });
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw nameTaken('target', error);
    throw error;
  }
  return getTarget({ ctx, input: { targetId: idSchema('targ').parse(targetId) } });
}
