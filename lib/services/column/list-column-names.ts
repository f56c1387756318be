import { z } from 'zod';
import { offeredColumns } from '#lib/catalog/documents.ts';
import { idSchema } from '#lib/domain/id.ts';
import { listDatasetRows } from '#lib/store/metadata/datasets.ts';
import { findDocument } from '#lib/store/metadata/metadata-documents.ts';
import { requireConnection } from '../connection/require-connection.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';

export const ListColumnNamesInput = z.object({ connectionId: idSchema('conn') });
export type ListColumnNamesInput = z.input<typeof ListColumnNamesInput>;

/**
 * Names of columns, separated by spaces, to search datasets by column: for each dataset of a connection by its id, for each
 * offer by its entity type.
 */
export async function listColumnNames({ ctx, input }: Call<ListColumnNamesInput>): Promise<Record<string, string>> {
  requireRole(ctx, 'viewer');
  const { connectionId } = ListColumnNamesInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { connectionId });
  await requireConnection(ctx, connectionId);
  const rows = await listDatasetRows(ctx.db, connectionId);
  const document = await findDocument(ctx.db, connectionId);
  const own = Object.fromEntries(rows.map(({ id, definition }) => [id, namesOf(definition.columns)]));
  return document === null ? own : { ...offeredColumns(document), ...own };
}

/** A renamed column is found by both names. */
function namesOf(columns: readonly { readonly name: string; readonly sourcePath: string }[]): string {
  const names = columns.flatMap(({ name, sourcePath }) => (name === sourcePath ? [name] : [name, sourcePath]));
  return names.map((name) => name.replaceAll(' ', '_')).join(' ');
}
