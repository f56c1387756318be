import { z } from 'zod';
import { type ConnectionDto, ConnectionName } from '#lib/domain/connection.ts';
import { idSchema } from '#lib/domain/id.ts';
import type { Call } from '../context.ts';

export const CreateConnectionInput = z.object({ verificationId: idSchema('ver'), name: ConnectionName });
export type CreateConnectionInput = z.input<typeof CreateConnectionInput>;

export async function createConnection({ input }: Call<CreateConnectionInput>): Promise<ConnectionDto> {
  CreateConnectionInput.parse(input);
  throw new Error('createConnection is not there yet');
}
