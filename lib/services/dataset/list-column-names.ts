import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import { listDatasetRows } from '#lib/store/datasets.ts';
import { requireConnection } from '../connection/require-connection.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';

export const ListColumnNamesInput = z.object({ connectionId: idSchema('conn') });
export type ListColumnNamesInput = z.input<typeof ListColumnNamesInput>;

/** Names of the columns of every dataset of a connection, with blanks between them, by dataset id: to find datasets by a column. */
export async function listColumnNames({ ctx, input }: Call<ListColumnNamesInput>): Promise<Record<string, string>> {
  requireRole(ctx, 'viewer');
  const { connectionId } = ListColumnNamesInput.parse(input);
  await requireConnection(ctx, connectionId);
  const rows = await listDatasetRows(ctx.db, connectionId);
  return Object.fromEntries(rows.map(({ id, definition }) => [id, namesOf(definition.columns)]));
}

/** A renamed column is found by either name. */
function namesOf(columns: readonly { readonly name: string; readonly sourcePath: string }[]): string {
  const names = columns.flatMap(({ name, sourcePath }) => (name === sourcePath ? [name] : [name, sourcePath]));
  return names.map((name) => name.replaceAll(' ', '_')).join(' ');
}
