import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { TargetDetailDto } from '#lib/domain/target/target.ts';
import { listTasksOfTarget } from '#lib/store/run/targets.ts';
import { findTargetModule } from '#lib/targets/registry.ts';
import { closedConnections } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { requireTarget } from './require-target.ts';
import { toTargetDto } from './to-target-dto.ts';

export const GetTargetInput = z.object({ targetId: idSchema('targ') });
export type GetTargetInput = z.input<typeof GetTargetInput>;

/** A target with its settings (never its secrets) and the tasks that use it, without those of connections that are closed to who asks. */
export async function getTarget({ ctx, input }: Call<GetTargetInput>): Promise<TargetDetailDto> {
  requireRole(ctx, 'viewer');
  const { targetId } = GetTargetInput.parse(input);
  const row = await requireTarget(ctx, targetId);
  const closed = await closedConnections(ctx);
  const tasks = await listTasksOfTarget(ctx.db, targetId);
  return {
    ...toTargetDto(row),
    settings: row.settings as TargetDetailDto['settings'],
    roleSql: row.builtIn ? null : findTargetModule(row.kind).roleSql(row.settings),
    tasks: tasks.filter(({ connectionId }) => !closed.includes(connectionId)).map(({ id, name }) => ({ id, name })),
  };
}
