import type { Id } from '#lib/domain/id.ts';
import { type Decision, type DifferenceDto, DifferenceKind } from '#lib/domain/metadata/metadata.ts';
import { newId } from '#lib/platform/id.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import { findTasksOfDatasets } from './datasets.ts';

/** A difference that a generation found. */
export interface FoundDifference {
  readonly datasetId: string;
  readonly kind: DifferenceKind;
  readonly sourcePath: string | null;
  readonly before: string | null;
  readonly after: string | null;
  readonly source: 'metadata' | 'sample';
}

/** Stores a difference; one that was decided before becomes undecided again. */
export async function saveDifference(tx: Tx, connectionId: string, found: FoundDifference, at: Date): Promise<void> {
  const { datasetId, kind, before, after, source } = found;
  const sourcePath = found.sourcePath ?? '';
  const facts = { before, after, source, foundAt: at, decision: null, decidedBy: null, decidedAt: null };
  await tx.metadataDifference.upsert({
    where: { datasetId_kind_sourcePath: { datasetId, kind, sourcePath } },
    create: { id: newId('diff'), connectionId, datasetId, kind, sourcePath, ...facts },
    update: facts,
    select: { id: true },
  });
}

/** Undecided differences by dataset. */
export async function listPending(db: Db | Tx, connectionId: string): Promise<DifferenceDto[]> {
  const rows = await db.metadataDifference.findMany({
    where: { connectionId, decision: null },
    include: { dataset: { select: { name: true } } },
    orderBy: [{ dataset: { name: 'asc' } }, { kind: 'asc' }, { sourcePath: 'asc' }],
  });
  const tasks = await findTasksOfDatasets(db, connectionId);
  return rows.map((row) => ({
    id: row.id as Id<'diff'>,
    kind: DifferenceKind.parse(row.kind),
    datasetId: row.datasetId as Id<'ds'>,
    datasetName: row.dataset.name,
    sourcePath: row.sourcePath === '' ? null : row.sourcePath,
    before: row.before,
    after: row.after,
    source: row.source === 'sample' ? 'sample' : 'metadata',
    foundAt: row.foundAt.toISOString(),
    tasks: [...(tasks.get(row.datasetId) ?? [])],
  }));
}

/** Number of undecided differences by dataset id. */
export async function countPending(db: Db | Tx, connectionId: string): Promise<ReadonlyMap<string, number>> {
  const groups = await db.metadataDifference.groupBy({
    by: ['datasetId'],
    where: { connectionId, decision: null },
    _count: { _all: true },
  });
  return new Map(groups.map((group) => [group.datasetId, group._count._all]));
}

export async function setDecision(
  tx: Tx,
  id: string,
  decided: { readonly decision: Decision; readonly by: string; readonly at: Date },
): Promise<void> {
  await tx.metadataDifference.update({
    where: { id },
    data: { decision: decided.decision, decidedBy: decided.by, decidedAt: decided.at },
    select: { id: true },
  });
}

/** A stored difference. */
export interface KnownDifference {
  readonly id: string;
  readonly datasetId: string;
  readonly kind: string;
  /** Empty for a difference of the whole dataset. */
  readonly sourcePath: string;
  readonly decision: string | null;
}

/** All stored differences, decided or not. */
export async function listKnownDifferences(db: Db | Tx, connectionId: string): Promise<readonly KnownDifference[]> {
  return db.metadataDifference.findMany({
    where: { connectionId },
    select: { id: true, datasetId: true, kind: true, sourcePath: true, decision: true },
  });
}

/** Deletes differences that no longer exist, e.g. when a gone column came back. */
export async function dropDifferences(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await tx.metadataDifference.deleteMany({ where: { id: { in: [...ids] } } });
}
