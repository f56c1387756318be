import { z } from 'zod';
import type { Cloud } from '#lib/domain/connection/connection.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';

export const ListCloudsInput = z.object({});
export type ListCloudsInput = z.input<typeof ListCloudsInput>;

/** Clouds that a connection may use, for the field Graph base URL. */
export async function listClouds({ ctx }: Call<ListCloudsInput>): Promise<readonly Cloud[]> {
  requireRole(ctx, 'viewer');
  return ctx.config.clouds.map(({ name, graphOrigin, authorityOrigin }) => ({ name, graphOrigin, authorityOrigin }));
}
