import { z } from 'zod';
import type { TargetDto } from '#lib/domain/task/task.ts';
import type { TargetKind } from '#lib/domain/task/update-method.ts';
import { ensureBuiltInTargets, listTargetRows } from '#lib/store/run/targets.ts';
import type { Call, ServiceConfig } from '../context.ts';
import { requireRole } from '../require-role.ts';

export const ListTargetsInput = z.object({});
export type ListTargetsInput = z.input<typeof ListTargetsInput>;

/** Where data can go: the built-in landing database (where there is one) and the local lake. */
export async function listTargets({ ctx }: Call<ListTargetsInput>): Promise<TargetDto[]> {
  requireRole(ctx, 'viewer');
  await ensureBuiltInTargets(ctx.db);
  const rows = await listTargetRows(ctx.db);
  return rows.flatMap((row) => {
    const location = locationOf(row.kind, ctx.config);
    return location === null ? [] : [{ ...row, location }];
  });
}

function locationOf(kind: TargetKind, config: ServiceConfig): string | null {
  return kind === 'landing' ? config.landingLocation : config.lakeDir;
}
