import { z } from 'zod';
import { actorKey, actorRef } from '#lib/domain/account/actor.ts';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { idSchema } from '#lib/domain/id.ts';
import { DECISIONS_OF, Decision, type DifferenceDto, type MetadataChangesDto } from '#lib/domain/metadata/metadata.ts';
import { InvalidInputError, NotFoundError } from '#lib/platform/errors.ts';
import type { DatasetRow } from '#lib/store/metadata/datasets.ts';
import { listPending, setDecision } from '#lib/store/metadata/metadata-differences.ts';
import type { DatasetState } from '#lib/store/metadata/metadata-revisions.ts';
import { checkColumns } from '../column/choose-columns.ts';
import { requireConnection } from '../connection/require-connection.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { editMetadata } from './edit-metadata.ts';
import { getMetadataChanges } from './get-metadata-changes.ts';

export const DecideDifferencesInput = z.object({
  connectionId: idSchema('conn'),
  decisions: z
    .array(z.object({ id: idSchema('diff'), decision: Decision }))
    .min(1)
    .max(10_000),
});
export type DecideDifferencesInput = z.input<typeof DecideDifferencesInput>;

/**
 * Applies decisions on differences of a generation: all or none. Returns the remaining differences.
 * @throws NotFoundError when one is decided already; InvalidInputError `decision-does-not-fit`, `key-needed`; ConflictError `dataset-used`.
 */
export async function decideDifferences({ ctx, input }: Call<DecideDifferencesInput>): Promise<MetadataChangesDto> {
  requireRole(ctx, 'editor');
  const { connectionId, decisions } = DecideDifferencesInput.parse(input);
  await requireConnectionAccess(ctx, 'edit', { connectionId });
  await requireConnection(ctx, connectionId);
  const open = new Map((await listPending(ctx.db, connectionId)).map((difference) => [difference.id, difference]));
  const wanted = decisions.map(({ id, decision }) => {
    const difference = open.get(id);
    if (difference === undefined) throw new NotFoundError('difference');
    if (!DECISIONS_OF[difference.kind].some((allowed) => allowed === decision)) throw unfit(difference, decision);
    return { difference, decision };
  });
  await editMetadata(ctx, connectionId, {
    label: wanted.length === 1 ? 'Decide a difference' : `Decide ${wanted.length} differences`,
    action: 'metadata.decide',
    subjectId: connectionId,
    detail: { decisions: wanted.map(({ difference, decision }) => `${decision} ${nameOf(difference)}`).slice(0, 200) },
    run: (rows) => ({ changed: changesOf(rows, wanted) }),
    also: async (tx) => {
      const decided = { by: actorKey(actorRef(ctx.actor)), at: ctx.clock.now() };
      for (const { difference, decision } of wanted) await setDecision(tx, difference.id, { ...decided, decision });
    },
  });
  return getMetadataChanges({ ctx, input: { connectionId } });
}

type Wanted = readonly { readonly difference: DifferenceDto; readonly decision: Decision }[];

function changesOf(rows: readonly DatasetRow[], wanted: Wanted) {
  const changes: { row: DatasetRow; to: Partial<DatasetState> }[] = [];
  for (const row of rows) {
    const own = wanted.filter(({ difference }) => difference.datasetId === row.id);
    if (own.length === 0) continue;
    const removed = own.some(({ difference, decision }) => difference.sourcePath === null && decision === 'remove');
    if (removed) changes.push({ row, to: { removed: true, selected: false } });
    else changes.push({ row, to: { definition: decideColumns(row, own) } });
  }
  return changes;
}

function decideColumns({ definition, generated }: DatasetRow, decided: Wanted): DatasetDefinition {
  const taken = new Set<string>();
  const retyped = new Set<string>();
  for (const { difference, decision } of decided) {
    if (difference.sourcePath === null) continue;
    if (decision === 'remove') taken.add(difference.sourcePath);
    else if (difference.kind === 'column-retyped' && decision === 'accept') retyped.add(difference.sourcePath);
  }
  const types = new Map(generated?.columns.map((column) => [column.sourcePath, column.type]));
  const columns = definition.columns
    .filter((column) => !taken.has(column.sourcePath))
    .map((column) =>
      retyped.has(column.sourcePath) ? { ...column, type: types.get(column.sourcePath) ?? column.type } : column,
    );
  checkColumns(columns);
  return { ...definition, columns };
}

function nameOf({ datasetName, sourcePath }: DifferenceDto): string {
  return sourcePath === null ? datasetName : `${datasetName}.${sourcePath}`;
}

function unfit(difference: DifferenceDto, decision: Decision): InvalidInputError {
  return new InvalidInputError({
    code: 'decision-does-not-fit',
    title: `"${decision}" is not a possible decision for ${nameOf(difference)} (${difference.kind}).`,
    remedy: `Choose ${DECISIONS_OF[difference.kind].join(' or ')}.`,
    fixer: 'you',
    field: 'decisions',
  });
}
