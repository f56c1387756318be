import { z } from 'zod';
import type { ConnectionSummaryDto } from '#lib/domain/connection.ts';
import type { Call } from '../context.ts';

export const ListConnectionsInput = z.object({});
export type ListConnectionsInput = z.input<typeof ListConnectionsInput>;

export async function listConnections({ input }: Call<ListConnectionsInput>): Promise<ConnectionSummaryDto[]> {
  ListConnectionsInput.parse(input);
  throw new Error('listConnections is not there yet');
}
