import { z } from 'zod';
import { offersOfDocument } from '#lib/catalog/documents.ts';
import { idSchema } from '#lib/domain/id.ts';
import type { DatasetOfferDto } from '#lib/domain/metadata/metadata.ts';
import { listAllDatasetRows } from '#lib/store/metadata/datasets.ts';
import { findDocument } from '#lib/store/metadata/metadata-documents.ts';
import { requireConnection } from '../connection/require-connection.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call, Context } from '../context.ts';
import { requireRole } from '../require-role.ts';

export const ListOffersInput = z.object({ connectionId: idSchema('conn') });
export type ListOffersInput = z.input<typeof ListOffersInput>;

/**
 * Datasets that can be added to a connection: collections of its $metadata that are not datasets of it, and datasets that a person
 * removed. Empty until metadata was generated.
 */
export async function listOffers({ ctx, input }: Call<ListOffersInput>): Promise<DatasetOfferDto[]> {
  requireRole(ctx, 'viewer');
  const { connectionId } = ListOffersInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { connectionId });
  await requireConnection(ctx, connectionId);
  return offersOf(ctx, connectionId);
}

export async function offersOf(ctx: Context, connectionId: string): Promise<DatasetOfferDto[]> {
  const rows = await listAllDatasetRows(ctx.db, connectionId);
  const document = await findDocument(ctx.db, connectionId);
  const removed = rows
    .filter((row) => row.removed)
    .map(({ definition }): DatasetOfferDto => {
      const { path, name, title, area, entityType, kind, origin, description, permissions } = definition;
      return { path, name, title, area, entityType, kind, origin, description, permissions };
    });
  const known = new Set(rows.flatMap(({ definition, name }) => [definition.path, `name:${name}`]));
  const found = document === null ? [] : offersOfDocument(document);
  return [...removed, ...found.filter((offer) => !known.has(offer.path) && !known.has(`name:${offer.name}`))];
}
