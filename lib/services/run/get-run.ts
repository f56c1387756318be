import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { RunDto } from '#lib/domain/run/run.ts';
import { toRunDto } from '#lib/store/run/runs.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { requireRun } from './require-run.ts';

export const GetRunInput = z.object({ runId: idSchema('run') });
export type GetRunInput = z.input<typeof GetRunInput>;

export async function getRun({ ctx, input }: Call<GetRunInput>): Promise<RunDto> {
  requireRole(ctx, 'viewer');
  const { runId } = GetRunInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { runId });
  return toRunDto(await requireRun(ctx, runId));
}
