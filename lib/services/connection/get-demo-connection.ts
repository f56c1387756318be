import { z } from 'zod';
import type { DemoConnectionDto } from '#lib/domain/connection/connection.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';

export const GetDemoConnectionInput = z.object({});
export type GetDemoConnectionInput = z.input<typeof GetDemoConnectionInput>;

/** Values of the demo tenant for "Try the demo tenant"; null when it does not run. */
export async function getDemoConnection({ ctx }: Call<GetDemoConnectionInput>): Promise<DemoConnectionDto | null> {
  requireRole(ctx, 'viewer');
  return ctx.config.demo;
}
