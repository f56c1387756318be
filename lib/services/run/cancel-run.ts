import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { RunDto } from '#lib/domain/run.ts';
import type { Call } from '../context.ts';

export const CancelRunInput = z.object({ runId: idSchema('run') });
export type CancelRunInput = z.input<typeof CancelRunInput>;

export async function cancelRun({ input }: Call<CancelRunInput>): Promise<RunDto> {
  CancelRunInput.parse(input);
  throw new Error('cancelRun is not there yet');
}
