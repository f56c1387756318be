import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import { type RuleDto, RuleInput } from '#lib/domain/notification/rule.ts';
import { InvalidInputError, NotFoundError } from '#lib/platform/errors.ts';
import { newId } from '#lib/platform/id.ts';
import { countChannels, deleteRuleRow, findRule, listRuleRows, saveRule } from '#lib/store/notification/rules.ts';
import { isUniqueViolation } from '#lib/store/unique-violation.ts';
import { nameTaken } from '../connection/name-taken.ts';
import { requireConnection } from '../connection/require-connection.ts';
import { closedConnections, requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call, Context } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { requireTask } from '../task/require-task.ts';
import { write } from '../write.ts';

/** The rules sorted by name, without those of a connection that is closed to who asks. */
export async function listNotificationRules({ ctx }: Call<unknown>): Promise<RuleDto[]> {
  requireRole(ctx, 'editor', 'reads');
  return listRuleRows(ctx.db, await closedConnections(ctx));
}

/** @throws NotFoundError when its task, connection or a channel does not exist; ConflictError `name-taken` */
export async function createNotificationRule({ ctx, input }: Call<RuleInput>): Promise<RuleDto> {
  requireRole(ctx, 'editor');
  return save(ctx, newId('nrul'), 'create', RuleInput.parse(input));
}

export const UpdateRuleInput = RuleInput.extend({ ruleId: idSchema('nrul') });
export type UpdateRuleInput = z.input<typeof UpdateRuleInput>;

/** Replaces the settings of the rule. @throws NotFoundError; ConflictError `name-taken` */
export async function updateNotificationRule({ ctx, input }: Call<UpdateRuleInput>): Promise<RuleDto> {
  requireRole(ctx, 'editor');
  const { ruleId, ...rule } = UpdateRuleInput.parse(input);
  await requireRule(ctx, ruleId);
  return save(ctx, ruleId, 'update', rule);
}

export const DeleteRuleInput = z.object({ ruleId: idSchema('nrul') });
export type DeleteRuleInput = z.input<typeof DeleteRuleInput>;

/** Deletes a rule; its notifications stay. @throws NotFoundError */
export async function deleteNotificationRule({ ctx, input }: Call<DeleteRuleInput>): Promise<void> {
  requireRole(ctx, 'editor');
  const { ruleId } = DeleteRuleInput.parse(input);
  const { name } = await requireRule(ctx, ruleId);
  await write(ctx, async (tx, audit) => {
    if (!(await deleteRuleRow(tx, ruleId))) throw new NotFoundError('rule');
    await audit({ action: 'notification-rule.delete', subjectId: ruleId, detail: { name } });
  });
}

/** @throws NotFoundError also for a rule of a connection that is closed to who asks */
async function requireRule(ctx: Pick<Context, 'db' | 'actor'>, ruleId: string): Promise<RuleDto> {
  const rule = await findRule(ctx.db, ruleId, await closedConnections(ctx));
  if (rule === null) throw new NotFoundError('rule');
  return rule;
}

async function save(ctx: Context, id: string, verb: 'create' | 'update', rule: z.output<typeof RuleInput>): Promise<RuleDto> {
  const { name, events, taskId, connectionId, channelIds, enabled, inbox } = rule;
  if (taskId !== null && connectionId !== null) throw oneScope();
  await requireConnectionAccess(ctx, 'use', { taskId, connectionId });
  if (taskId !== null) await requireTask(ctx, taskId);
  if (connectionId !== null) await requireConnection(ctx, connectionId);
  try {
    await write(ctx, async (tx, audit) => {
      if ((await countChannels(tx, channelIds)) !== new Set(channelIds).size) throw new NotFoundError('channel');
      await saveRule(tx, id, rule);
      const detail = { name, enabled, inbox, events, taskId, connectionId, channels: channelIds };
      await audit({ action: `notification-rule.${verb}`, subjectId: id, detail });
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw nameTaken('rule', error);
    throw error;
  }
  return requireRule(ctx, id);
}

function oneScope(): InvalidInputError {
  return new InvalidInputError({
    code: 'nothing-to-change',
    title: 'A rule can apply to one task, to one connection, or to everything.',
    remedy: 'Leave out the task or the connection.',
    fixer: 'you',
    field: 'taskId',
  });
}
