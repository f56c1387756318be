import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { EditHistoryDto } from '#lib/domain/metadata/metadata.ts';
import { ConflictError, NotFoundError } from '#lib/platform/errors.ts';
import { lockConnection } from '#lib/store/connection/connections.ts';
import { type DatasetRow, findTasksOfDatasets, listAllDatasetRows, updateDataset } from '#lib/store/metadata/datasets.ts';
import { findHistory, findRevision, setUndone } from '#lib/store/metadata/metadata-revisions.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { write } from '../write.ts';
import { isSameState, requireUnused, stateOf } from './edit-metadata.ts';

export const UndoMetadataEditInput = z.object({
  connectionId: idSchema('conn'),
  direction: z.enum(['undo', 'redo']),
  /** The edit that the page showed; another one is refused. Null = the next one. */
  editId: idSchema('rev').nullable().default(null),
});
export type UndoMetadataEditInput = z.input<typeof UndoMetadataEditInput>;

/**
 * Undoes the last edit, or redoes the edit that was undone last. Whole edits only, in their order. Generating deletes earlier edits
 * when it changed their datasets.
 * @throws ConflictError `nothing-to-undo`, `nothing-to-redo`, `edited-since`, `dataset-used`.
 */
export async function undoMetadataEdit({ ctx, input }: Call<UndoMetadataEditInput>): Promise<EditHistoryDto> {
  requireRole(ctx, 'editor');
  const { connectionId, direction, editId } = UndoMetadataEditInput.parse(input);
  await requireConnectionAccess(ctx, 'edit', { connectionId });
  await write(ctx, async (tx, audit) => {
    if (!(await lockConnection(tx, connectionId))) throw new NotFoundError('connection');
    const revision = await findRevision(tx, connectionId, direction);
    if (revision === null) throw nothing(direction);
    if (editId !== null && editId !== revision.id) throw editedSince();
    const rows = new Map((await listAllDatasetRows(tx, connectionId)).map((row) => [row.id, row]));
    const tasks = await findTasksOfDatasets(tx, connectionId);
    for (const { datasetId, before, after } of revision.patch) {
      const [from, to] = direction === 'undo' ? [after, before] : [before, after];
      const row: DatasetRow | undefined = rows.get(datasetId);
      if (row === undefined || !isSameState(stateOf(row), from)) throw editedSince();
      if (to.removed) requireUnused(tasks, [row]);
      await updateDataset(tx, datasetId, to);
    }
    await setUndone(tx, revision.id, direction === 'undo');
    await audit({ action: `metadata.${direction}`, subjectId: connectionId, detail: { edit: revision.label } });
  });
  return findHistory(ctx.db, connectionId);
}

function nothing(direction: 'undo' | 'redo'): ConflictError {
  return new ConflictError({
    code: `nothing-to-${direction}`,
    title: direction === 'undo' ? 'There is no edit to undo.' : 'There is no edit to redo.',
    fixer: 'you',
  });
}

function editedSince(): ConflictError {
  return new ConflictError({
    code: 'edited-since',
    title: 'The metadata has changed since this edit, by another person or by a generation.',
    remedy: 'Load the page again to see the current metadata.',
    fixer: 'you',
  });
}
