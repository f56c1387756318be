import type { z } from 'zod';
import { Retention } from '#lib/domain/account/retention.ts';
import { readRetention, replaceRetention } from '#lib/store/account/retention.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';

export const SetRetentionInput = Retention;
export type SetRetentionInput = z.input<typeof SetRetentionInput>;

/** How long Entrada keeps the audit trail and the history of runs. */
export async function getRetention({ ctx }: Call<unknown>): Promise<Retention> {
  requireRole(ctx, 'admin', 'reads');
  return readRetention(ctx.db);
}

/** What is older is deleted in the next night. */
export async function setRetention({ ctx, input }: Call<SetRetentionInput>): Promise<Retention> {
  requireRole(ctx, 'admin');
  const wanted = SetRetentionInput.parse(input);
  await write(ctx, async (tx, audit) => {
    await audit({ action: 'retention.update', subjectId: null, detail: { from: await readRetention(tx), to: wanted } });
    await replaceRetention(tx, wanted);
  });
  return wanted;
}
