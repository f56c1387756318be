import { z } from 'zod';
import type { TargetDto } from '#lib/domain/target/target.ts';
import { listTargetRows } from '#lib/store/run/targets.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { toTargetDto } from './to-target-dto.ts';

export const ListTargetsInput = z.object({});
export type ListTargetsInput = z.input<typeof ListTargetsInput>;

/** All targets, the built-in ones first. */
export async function listTargets({ ctx }: Call<ListTargetsInput>): Promise<TargetDto[]> {
  requireRole(ctx, 'viewer');
  return (await listTargetRows(ctx.db)).map(toTargetDto);
}
