import { z } from 'zod';
import type { Cloud } from '#lib/domain/connection.ts';
import type { Call } from '../context.ts';

export const ListCloudsInput = z.object({});
export type ListCloudsInput = z.input<typeof ListCloudsInput>;

export async function listClouds({ input }: Call<ListCloudsInput>): Promise<readonly Cloud[]> {
  ListCloudsInput.parse(input);
  throw new Error('listClouds is not there yet');
}
