import { actorKey, actorRef } from '#lib/domain/account/actor.ts';
import { ConflictError, NotFoundError } from '#lib/platform/errors.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';
import { lockConnection } from '#lib/store/connection/connections.ts';
import type { JsonValue } from '#lib/store/json.ts';
import {
  type DatasetRow,
  findTasksOfDatasets,
  insertDatasets,
  listAllDatasetRows,
  type NewDataset,
  updateDataset,
} from '#lib/store/metadata/datasets.ts';
import { type DatasetState, insertRevision, type MetadataPatch } from '#lib/store/metadata/metadata-revisions.ts';
import type { Context } from '../context.ts';
import { write } from '../write.ts';

/** Changes that an edit makes to the datasets of a connection. */
export interface MetadataChange {
  readonly changed?: readonly { readonly row: DatasetRow; readonly to: Partial<DatasetState> }[];
  readonly added?: readonly NewDataset[];
}

export interface MetadataEdit {
  /** Label for Undo: `Rename 2 columns of users`. */
  readonly label: string;
  /** Action in the audit trail: `dataset.update-columns`. */
  readonly action: string;
  readonly subjectId: string;
  readonly detail: Readonly<Record<string, JsonValue>>;
  /** Computes the change from the locked rows, which include removed datasets. */
  readonly run: (rows: readonly DatasetRow[]) => MetadataChange;
  /** Further writes in the same transaction. */
  readonly also?: (tx: Tx) => Promise<void>;
}

/**
 * Edits datasets of a connection: one edit at a time per connection, recorded for Undo and in the audit trail, all or nothing. The caller must
 * have checked the role. Returns the ids of added datasets.
 * @throws NotFoundError; ConflictError `dataset-used` when a task uses a dataset that would be removed.
 */
export async function editMetadata(ctx: Context, connectionId: string, edit: MetadataEdit): Promise<readonly string[]> {
  return write(ctx, async (tx, audit) => {
    if (!(await lockConnection(tx, connectionId))) throw new NotFoundError('connection');
    const { changed = [], added = [] } = edit.run(await listAllDatasetRows(tx, connectionId));
    requireUnused(
      await findTasksOfDatasets(tx, connectionId),
      changed.filter(({ to }) => to.removed === true).map(({ row }) => row),
    );
    const patch: MetadataPatch = [];
    for (const { row, to } of changed) {
      const before = stateOf(row);
      const after = { ...before, ...to };
      if (isSameState(before, after)) continue;
      await updateDataset(tx, row.id, to);
      patch.push({ datasetId: row.id, before, after });
    }
    const ids = added.length === 0 ? [] : await insertDatasets(tx, connectionId, added);
    for (const [index, { definition, selected }] of added.entries()) {
      const datasetId = ids[index] ?? '';
      const after = { definition, selected, removed: false };
      patch.push({ datasetId, before: { definition, selected: false, removed: true }, after });
    }
    await edit.also?.(tx);
    if (patch.length === 0 && edit.also === undefined) return ids;
    if (patch.length > 0) {
      await insertRevision(tx, connectionId, {
        label: edit.label,
        by: actorKey(actorRef(ctx.actor)),
        at: ctx.clock.now(),
        patch,
      });
    }
    await audit({ action: edit.action, subjectId: edit.subjectId, detail: edit.detail });
    return ids;
  });
}

export function stateOf({ definition, selected, removed }: DatasetRow): DatasetState {
  return { definition, selected, removed };
}

/** Whether two states are equal. Both come from the schema's parser, so their members are in the same order. */
export function isSameState(one: DatasetState, other: DatasetState): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** @throws ConflictError `dataset-used` */
export function requireUnused(tasks: ReadonlyMap<string, readonly string[]>, rows: readonly DatasetRow[]): void {
  for (const row of rows) {
    const users = tasks.get(row.id);
    if (users === undefined) continue;
    throw new ConflictError({
      code: 'dataset-used',
      title: `${users.length === 1 ? 'The task' : 'The tasks'} ${users.join(', ')} ${users.length === 1 ? 'uses' : 'use'} ${row.name}.`,
      remedy: 'Remove the dataset from these tasks first, or keep it.',
      fixer: 'you',
    });
  }
}
