import { z } from 'zod';
import type { ApiTokenDto } from '#lib/domain/account/api-token.ts';
import { includesRole } from '#lib/domain/account/role.ts';
import { listApiTokenRows, toApiTokenDto } from '#lib/store/account/api-tokens.ts';
import type { Call } from '../context.ts';
import { requirePerson } from '../require-role.ts';

export const ListApiTokensInput = z.object({});
export type ListApiTokensInput = z.input<typeof ListApiTokensInput>;

/** The caller's own tokens, newest first; administrators get all tokens. */
export async function listApiTokens({ ctx }: Call<ListApiTokensInput>): Promise<ApiTokenDto[]> {
  const actor = requirePerson(ctx, 'viewer');
  return (await listApiTokenRows(ctx.db, includesRole(actor.role, 'admin') ? null : actor.userId)).map(toApiTokenDto);
}
