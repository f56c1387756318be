import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { Id } from '#lib/domain/id.ts';
import type { EditHistoryDto, MetadataEditDto } from '#lib/domain/metadata/metadata.ts';
import { newId } from '#lib/platform/id.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';

/** A dataset before or after an edit; `removed`: it is absent. */
const DatasetState = z.object({ definition: DatasetDefinition, selected: z.boolean(), removed: z.boolean() });
export type DatasetState = z.infer<typeof DatasetState>;

const Patch = z.array(z.object({ datasetId: z.string(), before: DatasetState, after: DatasetState }));
/** The change of each dataset that an edit affected. */
export type MetadataPatch = z.infer<typeof Patch>;

export interface MetadataRevision extends MetadataEditDto {
  readonly patch: MetadataPatch;
}

/** Number of edits per connection that can be undone; older ones are deleted. */
const KEPT = 100;

/** Stores an edit. Undone edits can no longer be redone after it. */
export async function insertRevision(
  tx: Tx,
  connectionId: string,
  edit: { readonly label: string; readonly by: string; readonly at: Date; readonly patch: MetadataPatch },
): Promise<void> {
  await tx.metadataRevision.deleteMany({ where: { connectionId, undone: true } });
  const last = await tx.metadataRevision.findFirst({
    where: { connectionId },
    orderBy: { position: 'desc' },
    select: { position: true },
  });
  const position = (last?.position ?? 0) + 1;
  await tx.metadataRevision.deleteMany({ where: { connectionId, position: { lte: position - KEPT } } });
  await tx.metadataRevision.create({
    data: {
      id: newId('rev'),
      connectionId,
      position,
      label: edit.label,
      patch: new Uint8Array(gzipSync(JSON.stringify(edit.patch))),
      madeBy: edit.by,
      madeAt: edit.at,
    },
    select: { id: true },
  });
}

/** The edit for Undo (the last one) or Redo (the first one that was undone). */
export async function findRevision(
  db: Db | Tx,
  connectionId: string,
  direction: 'undo' | 'redo',
): Promise<MetadataRevision | null> {
  const row = await db.metadataRevision.findFirst({
    where: { connectionId, undone: direction === 'redo' },
    orderBy: { position: direction === 'undo' ? 'desc' : 'asc' },
  });
  if (row === null) return null;
  const patch = Patch.parse(JSON.parse(gunzipSync(row.patch).toString('utf8')));
  return { id: row.id as Id<'rev'>, label: row.label, at: row.madeAt.toISOString(), by: row.madeBy, patch };
}

export async function setUndone(tx: Tx, id: string, undone: boolean): Promise<void> {
  await tx.metadataRevision.update({ where: { id }, data: { undone }, select: { id: true } });
}

export async function findHistory(db: Db | Tx, connectionId: string): Promise<EditHistoryDto> {
  const find = async (direction: 'undo' | 'redo'): Promise<MetadataEditDto | null> => {
    const row = await db.metadataRevision.findFirst({
      where: { connectionId, undone: direction === 'redo' },
      orderBy: { position: direction === 'undo' ? 'desc' : 'asc' },
      omit: { patch: true },
    });
    return row === null ? null : { id: row.id as Id<'rev'>, label: row.label, at: row.madeAt.toISOString(), by: row.madeBy };
  };
  return { undo: await find('undo'), redo: await find('redo') };
}

export async function forgetRevisions(tx: Tx, connectionId: string): Promise<void> {
  await tx.metadataRevision.deleteMany({ where: { connectionId } });
}
