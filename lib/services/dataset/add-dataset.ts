import { z } from 'zod';
import { buildOffer } from '#lib/catalog/documents.ts';
import type { DatasetDto } from '#lib/domain/dataset/dataset.ts';
import { idSchema } from '#lib/domain/id.ts';
import { ConflictError, NotFoundError } from '#lib/platform/errors.ts';
import { findDocument } from '#lib/store/metadata/metadata-documents.ts';
import { requireConnection } from '../connection/require-connection.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { editMetadata } from '../metadata/edit-metadata.ts';
import { requireRole } from '../require-role.ts';
import { getDataset } from './get-dataset.ts';

export const AddDatasetInput = z.object({
  connectionId: idSchema('conn'),
  /** Path of an offer of listOffers. */
  path: z.string().startsWith('/').max(500),
  selected: z.boolean().default(true),
});
export type AddDatasetInput = z.input<typeof AddDatasetInput>;

/**
 * Creates a dataset from an offer: a collection of $metadata, or a dataset that was removed before.
 * @throws NotFoundError; ConflictError `dataset-there`.
 */
export async function addDataset({ ctx, input }: Call<AddDatasetInput>): Promise<DatasetDto> {
  requireRole(ctx, 'editor');
  const { connectionId, path, selected } = AddDatasetInput.parse(input);
  await requireConnectionAccess(ctx, 'edit', { connectionId });
  await requireConnection(ctx, connectionId);
  const document = await findDocument(ctx.db, connectionId);
  const offered = document === null ? null : buildOffer(document, path);
  let datasetId: string | undefined;
  const added = await editMetadata(ctx, connectionId, {
    label: `Add ${offered?.name ?? path}`,
    action: 'dataset.add',
    subjectId: connectionId,
    detail: { path },
    run: (rows) => {
      const before = rows.find(
        ({ definition, name }) => (definition.path === path && definition.kind !== 'child') || name === offered?.name,
      );
      if (before !== undefined && !before.removed) throw there(before.name);
      if (before !== undefined) {
        datasetId = before.id;
        return { changed: [{ row: before, to: { removed: false, selected } }] };
      }
      if (offered === null) throw new NotFoundError('dataset');
      return { added: [{ definition: offered, selected, generated: offered }] };
    },
  });
  return getDataset({ ctx, input: { datasetId: datasetId ?? added[0] ?? '' } });
}

function there(name: string): ConflictError {
  return new ConflictError({ code: 'dataset-there', title: `${name} is already a dataset of this connection.`, fixer: 'you' });
}
