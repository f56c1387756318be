import { z } from 'zod';
import type { SampleDto } from '#lib/domain/dataset/dataset.ts';
import { idSchema } from '#lib/domain/id.ts';
import { withSourceConnection } from '#lib/services/credential/with-source-connection.ts';
import { auditUse } from '../audit-use.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { requireDataset } from './require-dataset.ts';

export const SampleDatasetInput = z.object({ datasetId: idSchema('ds'), rows: z.number().int().min(1).max(200).default(25) });
export type SampleDatasetInput = z.input<typeof SampleDatasetInput>;

/** Preview: the first rows, read live from Graph, with the selected columns. */
export async function sampleDataset({ ctx, input }: Call<SampleDatasetInput>): Promise<SampleDto> {
  requireRole(ctx, 'editor', 'reads');
  const { datasetId, rows } = SampleDatasetInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { datasetId });
  const { dataset, connection } = await requireDataset(ctx, datasetId);
  const detail = { connectionId: connection.id, name: dataset.name, rows };
  return auditUse(ctx, { action: 'dataset.sample', subjectId: datasetId, detail }, () =>
    withSourceConnection(ctx, connection, (at) =>
      ctx.executor(connection).sampleDataset({ connection: at, dataset: dataset.definition, rows }),
    ),
  );
}
