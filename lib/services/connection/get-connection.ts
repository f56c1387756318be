import { z } from 'zod';
import type { ConnectionDto } from '#lib/domain/connection.ts';
import { idSchema } from '#lib/domain/id.ts';
import type { Call } from '../context.ts';

export const GetConnectionInput = z.object({ connectionId: idSchema('conn') });
export type GetConnectionInput = z.input<typeof GetConnectionInput>;

export async function getConnection({ input }: Call<GetConnectionInput>): Promise<ConnectionDto> {
  GetConnectionInput.parse(input);
  throw new Error('getConnection is not there yet');
}
