import { z } from 'zod';
import type { DemoConnectionDto } from '#lib/domain/connection.ts';
import type { Call } from '../context.ts';

export const GetDemoConnectionInput = z.object({});
export type GetDemoConnectionInput = z.input<typeof GetDemoConnectionInput>;

export async function getDemoConnection({ input }: Call<GetDemoConnectionInput>): Promise<DemoConnectionDto | null> {
  GetDemoConnectionInput.parse(input);
  throw new Error('getDemoConnection is not there yet');
}
