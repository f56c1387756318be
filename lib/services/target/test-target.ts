import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { TargetTest } from '#lib/domain/target/target.ts';
import { findTargetGateway } from '#lib/store/gateway/target-gateway.ts';
import { setLastTest } from '#lib/store/run/targets.ts';
import { auditUse } from '../audit-use.ts';
import type { Call } from '../context.ts';
import { requireGatewayChoice } from '../gateway/require-gateway.ts';
import { requireRole } from '../require-role.ts';
import { EnteredTargetInput, parseEntered } from './parse-entered.ts';
import { requireTarget } from './require-target.ts';
import { requireTargetAccess } from './require-target-access.ts';

export const TestTargetInput = z.object({ targetId: idSchema('targ') });
export type TestTargetInput = z.input<typeof TestTargetInput>;

/** Tests what a reload into the target will do, and stores the result. A refusal is a failed check, not an error. */
export async function testTarget({ ctx, input }: Call<TestTargetInput>): Promise<TargetTest> {
  requireRole(ctx, 'editor', 'operates');
  const { targetId } = TestTargetInput.parse(input);
  const { name, kind } = await requireTarget(ctx, targetId);
  const access = await requireTargetAccess(ctx, targetId);
  const from = await findTargetGateway(ctx.db, targetId);
  const fact = { action: 'target.test', subjectId: targetId, detail: { name, kind } };
  const test = await auditUse(ctx, fact, () => ctx.targets(from).test({ access }));
  await setLastTest(ctx.db, targetId, { test, at: ctx.clock.now() });
  return test;
}

export const TestNewTargetInput = EnteredTargetInput;
export type TestNewTargetInput = z.input<typeof TestNewTargetInput>;

/** Tests a target that does not exist yet, with the entered values. @throws InvalidInputError `target-settings` */
export async function testNewTarget({ ctx, input }: Call<TestNewTargetInput>): Promise<TargetTest> {
  requireRole(ctx, 'editor');
  const { kind, settings, secrets, ...from } = TestNewTargetInput.parse(input);
  await requireGatewayChoice(ctx, from);
  const entered = parseEntered(kind, { settings, secrets });
  const fact = { action: 'target.test', subjectId: null, detail: { kind } };
  return auditUse(ctx, fact, () => ctx.targets(from).test({ access: { kind, ...entered, builtIn: false } }));
}
