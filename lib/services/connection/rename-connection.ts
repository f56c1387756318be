import { z } from 'zod';
import { type ConnectionDto, ConnectionName } from '#lib/domain/connection.ts';
import { idSchema } from '#lib/domain/id.ts';
import type { Call } from '../context.ts';

export const RenameConnectionInput = z.object({ connectionId: idSchema('conn'), name: ConnectionName });
export type RenameConnectionInput = z.input<typeof RenameConnectionInput>;

export async function renameConnection({ input }: Call<RenameConnectionInput>): Promise<ConnectionDto> {
  RenameConnectionInput.parse(input);
  throw new Error('renameConnection is not there yet');
}
