import { z } from 'zod';
import type { Call } from '../context.ts';

export const ListGatewaysInput = z.object({});
export type ListGatewaysInput = z.input<typeof ListGatewaysInput>;

export async function listGateways({
  input,
}: Call<ListGatewaysInput>): Promise<{ id: string; name: string; connected: boolean }[]> {
  ListGatewaysInput.parse(input);
  throw new Error('listGateways is not there yet');
}
