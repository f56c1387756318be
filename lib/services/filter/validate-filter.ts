import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { FilterCheckDto } from '#lib/domain/metadata/metadata.ts';
import { withSourceConnection } from '#lib/services/credential/with-source-connection.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireDataset } from '../dataset/require-dataset.ts';
import { requireRole } from '../require-role.ts';
import { FilterText } from './set-filter.ts';

export const ValidateFilterInput = z.object({ datasetId: idSchema('ds'), filter: FilterText });
export type ValidateFilterInput = z.input<typeof ValidateFilterInput>;

/** Sends Graph one request with a filter; returns whether it is accepted and how many rows match. A refusal is a result, not an error. */
export async function validateFilter({ ctx, input }: Call<ValidateFilterInput>): Promise<FilterCheckDto> {
  requireRole(ctx, 'editor');
  const { datasetId, filter } = ValidateFilterInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { datasetId });
  const { dataset, connection } = await requireDataset(ctx, datasetId);
  return withSourceConnection(ctx, connection, (at) =>
    ctx.executor(connection).checkFilter({ connection: at, dataset: dataset.definition, filter }),
  );
}
