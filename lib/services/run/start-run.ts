import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { RunDto } from '#lib/domain/run.ts';
import type { Call } from '../context.ts';

export const StartRunInput = z.object({ taskId: idSchema('task'), confirmDeletes: z.boolean().default(false) });
export type StartRunInput = z.input<typeof StartRunInput>;

export async function startRun({ input }: Call<StartRunInput>): Promise<RunDto> {
  StartRunInput.parse(input);
  throw new Error('startRun is not there yet');
}
