import { z } from 'zod';
import type { TargetDto } from '#lib/domain/task.ts';
import type { Call } from '../context.ts';

export const ListTargetsInput = z.object({});
export type ListTargetsInput = z.input<typeof ListTargetsInput>;

export async function listTargets({ input }: Call<ListTargetsInput>): Promise<TargetDto[]> {
  ListTargetsInput.parse(input);
  throw new Error('listTargets is not there yet');
}
