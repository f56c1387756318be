'use server';

import { revalidatePath } from 'next/cache';
import { CreateApiTokenInput, createApiToken } from '#lib/services/token/create-api-token.ts';
import { RevokeApiTokenInput, revokeApiToken } from '#lib/services/token/revoke-api-token.ts';
import { defineAction } from '#lib/web/action.ts';

export const createApiTokenAction = defineAction('viewer', CreateApiTokenInput, async (ctx, input) => {
  const { token } = await createApiToken({ ctx, input });
  revalidatePath('/settings/tokens');
  return token;
});

export const revokeApiTokenAction = defineAction('viewer', RevokeApiTokenInput, async (ctx, input) => {
  await revokeApiToken({ ctx, input });
  revalidatePath('/settings/tokens');
  return null;
});
