import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { ScheduleDto } from '#lib/domain/schedule/schedule.ts';
import { type ScheduleRule, ScheduleSettings } from '#lib/domain/schedule/schedule-rule.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '#lib/platform/errors.ts';
import { newId } from '#lib/platform/id.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';
import { lockTask } from '#lib/store/run/tasks.ts';
import { findFollowed, findSchedule, putSchedule } from '#lib/store/schedule/schedules.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requirePerson } from '../require-role.ts';
import { requireTask } from '../task/require-task.ts';
import { write } from '../write.ts';
import { checkRule } from './check-rule.ts';
import { getSchedule } from './get-schedule.ts';

export const SaveScheduleInput = ScheduleSettings.extend({
  taskId: idSchema('task'),
  /** The version that the edit is based on; null: there was no schedule. */
  version: z.number().int().min(1).nullable(),
});
export type SaveScheduleInput = z.input<typeof SaveScheduleInput>;

/**
 * Sets when a task starts by itself, in the name of the caller. Earlier planned times are not caught up.
 * @throws InvalidInputError `time-zone`, `schedule-rule`; ConflictError `edited-since`
 */
export async function saveSchedule({ ctx, input }: Call<SaveScheduleInput>): Promise<ScheduleDto> {
  const { userId: ownerId } = requirePerson(ctx, 'editor');
  const { taskId, version, ...settings } = SaveScheduleInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { taskId });
  if (settings.rule.kind === 'event') await requireConnectionAccess(ctx, 'use', { taskId: settings.rule.afterTaskId });
  const [next = null] = checkRule(settings, { after: ctx.clock.now(), count: 1 });
  await write(ctx, async (tx, audit) => {
    if (!(await lockTask(tx, taskId))) throw new NotFoundError('task');
    const before = await findSchedule(tx, taskId);
    if ((before?.version ?? null) !== version) throw editedSince();
    await requireNoCircle(tx, taskId, settings.rule);
    const nextAt = settings.enabled ? next : null;
    await putSchedule(tx, { id: before?.id ?? newId('sched'), taskId, ownerId, nextAt, ...settings });
    await audit({ action: 'schedule.save', subjectId: taskId, detail: JSON.parse(JSON.stringify(settings)) });
  });
  return (await getSchedule({ ctx, input: { taskId } })) ?? gone();
}

function gone(): never {
  throw new NotFoundError('schedule');
}

function editedSince(): ConflictError {
  return new ConflictError({
    code: 'edited-since',
    title: 'Another person has changed this schedule since you opened it.',
    remedy: 'Reload the page, check the changes, and edit again.',
    fixer: 'you',
  });
}

/** Tasks that follow each other would start each other forever. @throws NotFoundError; InvalidInputError `schedule-rule` */
async function requireNoCircle(tx: Tx, taskId: string, rule: ScheduleRule): Promise<void> {
  if (rule.kind !== 'event') return;
  await requireTask({ db: tx }, rule.afterTaskId);
  const seen = new Set<string>();
  for (let at: string | null = rule.afterTaskId; at !== null && !seen.has(at); at = await findFollowed(tx, at)) {
    if (at === taskId) {
      throw new InvalidInputError({
        code: 'schedule-rule',
        title: 'That task starts after this task, so the two tasks would start each other without end.',
        remedy: 'Choose another task.',
        fixer: 'you',
        field: 'rule.afterTaskId',
      });
    }
    seen.add(at);
  }
}
