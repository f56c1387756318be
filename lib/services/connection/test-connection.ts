import { z } from 'zod';
import type { ConnectionTestDto } from '#lib/domain/connection.ts';
import { idSchema } from '#lib/domain/id.ts';
import type { Call } from '../context.ts';

export const TestConnectionInput = z.object({ connectionId: idSchema('conn') });
export type TestConnectionInput = z.input<typeof TestConnectionInput>;

export async function testConnection({ input }: Call<TestConnectionInput>): Promise<ConnectionTestDto> {
  TestConnectionInput.parse(input);
  throw new Error('testConnection is not there yet');
}
