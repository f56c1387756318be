import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { RunDto } from '#lib/domain/run.ts';
import type { Call } from '../context.ts';

export const GetRunInput = z.object({ runId: idSchema('run') });
export type GetRunInput = z.input<typeof GetRunInput>;

export async function getRun({ input }: Call<GetRunInput>): Promise<RunDto> {
  GetRunInput.parse(input);
  throw new Error('getRun is not there yet');
}
