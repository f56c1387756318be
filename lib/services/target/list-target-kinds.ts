import { z } from 'zod';
import type { TargetKindDto } from '#lib/domain/target/target.ts';
import { TARGETS } from '#lib/targets/registry.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';

export const ListTargetKindsInput = z.object({});
export type ListTargetKindsInput = z.input<typeof ListTargetKindsInput>;

/** The kinds of targets that can be created, with the fields of their forms. */
export async function listTargetKinds({ ctx }: Call<ListTargetKindsInput>): Promise<TargetKindDto[]> {
  requireRole(ctx, 'viewer');
  return TARGETS.map(({ kind, title, summary, methods, capabilities, fields }) => ({
    ...{ kind, title, summary, methods, capabilities, fields },
  }));
}
