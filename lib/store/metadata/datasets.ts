import { DbNull } from '@prisma/client/runtime/client';
import { assessAccess, type Granted, permissionsFor, StoredProbe } from '#lib/domain/access/access.ts';
import { toColumnDto } from '#lib/domain/dataset/column-edits.ts';
import { DatasetDefinition, type DatasetDto, type DatasetSummaryDto } from '#lib/domain/dataset/dataset.ts';
import type { Id } from '#lib/domain/id.ts';
import { newId } from '#lib/platform/id.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import { toJson } from '#lib/store/json.ts';

const DATASET = {
  id: true,
  connectionId: true,
  name: true,
  selected: true,
  definition: true,
  generated: true,
  probe: true,
  removed: true,
} as const;

export interface DatasetRow {
  readonly id: string;
  readonly connectionId: string;
  readonly name: string;
  readonly selected: boolean;
  readonly definition: DatasetDefinition;
  /** The definition as last generated, before edits by a person; null for imported datasets. */
  readonly generated: DatasetDefinition | null;
  readonly probe: StoredProbe | null;
  /** Removed by a person; only `listAllDatasetRows` returns such rows for a connection. */
  readonly removed: boolean;
}

/** Additional facts for the DTO of a dataset. */
export interface DatasetView {
  readonly granted: Granted;
  /** Name of the connection's cloud. */
  readonly cloud: string;
  /** Number of undecided differences by dataset id. */
  readonly pending: ReadonlyMap<string, number>;
}

interface StoredDataset extends Omit<DatasetRow, 'definition' | 'generated' | 'probe'> {
  readonly definition: unknown;
  readonly generated: unknown;
  readonly probe: unknown;
}

/** Stored definitions may be of an earlier version: they are parsed, and thereby upgraded, when read. */
function toRow(stored: StoredDataset): DatasetRow {
  let generated: DatasetDefinition | null | undefined;
  return {
    ...stored,
    definition: DatasetDefinition.parse(stored.definition),
    // Parsed on access: lists of hundreds of datasets do not need it.
    get generated() {
      generated ??= stored.generated === null ? null : DatasetDefinition.parse(stored.generated);
      return generated;
    },
    probe: stored.probe === null ? null : StoredProbe.parse(stored.probe),
  };
}

export function toDatasetSummaryDto(row: DatasetRow, view: DatasetView): DatasetSummaryDto {
  const { definition, probe } = row;
  const { access, detail } = assessAccess(definition, view.granted, { cloud: view.cloud, probe });
  return {
    id: row.id,
    name: row.name,
    title: definition.title,
    area: definition.area,
    description: definition.description,
    kind: definition.kind,
    path: definition.path,
    child: definition.child,
    permissions: permissionsFor(definition, view.granted.signIn),
    licence: definition.licence,
    origin: definition.origin,
    entityType: definition.entityType,
    access,
    accessDetail: detail,
    selected: row.selected,
    filtered: definition.filter !== null,
    columnCount: definition.columns.length,
    selectedColumnCount: definition.columns.filter((column) => column.selected).length,
    pending: view.pending.get(row.id) ?? 0,
  };
}

export function toDatasetDto(row: DatasetRow, view: DatasetView): DatasetDto {
  const { parent, read, columns, filter } = row.definition;
  const generated = new Map(row.generated?.columns.map((column) => [column.sourcePath, column]));
  const shown = columns.map((column) => toColumnDto(column, generated.get(column.sourcePath)));
  return { ...toDatasetSummaryDto(row, view), filter, parent, read, columns: shown };
}

/** Sorted by area and name; without removed datasets. */
export async function listDatasetRows(db: Db | Tx, connectionId: string): Promise<DatasetRow[]> {
  return (await listAllDatasetRows(db, connectionId)).filter((row) => !row.removed);
}

/** Includes removed datasets. */
export async function listAllDatasetRows(db: Db | Tx, connectionId: string): Promise<DatasetRow[]> {
  const rows = await db.dataset.findMany({
    where: { connectionId },
    select: DATASET,
    orderBy: [{ area: 'asc' }, { name: 'asc' }],
  });
  return rows.map(toRow);
}

export async function findDatasets(db: Db | Tx, ids: readonly string[]): Promise<DatasetRow[]> {
  const rows = await db.dataset.findMany({ where: { id: { in: [...ids] } }, select: DATASET });
  return rows.map(toRow);
}

export async function findDataset(db: Db | Tx, id: string): Promise<DatasetRow | null> {
  const row = await db.dataset.findUnique({ where: { id }, select: DATASET });
  return row === null ? null : toRow(row);
}

/** Does not find removed datasets. */
export async function findDatasetByName(db: Db | Tx, connectionId: string, name: string): Promise<DatasetRow | null> {
  const row = await db.dataset.findUnique({ where: { connectionId_name: { connectionId, name } }, select: DATASET });
  return row === null || row.removed ? null : toRow(row);
}

export interface NewDataset {
  readonly definition: DatasetDefinition;
  readonly selected: boolean;
  /** The definition as generated; null for a dataset from a file. */
  readonly generated: DatasetDefinition | null;
}

/** Returns the new ids in the same order. */
export async function insertDatasets(tx: Tx, connectionId: string, datasets: readonly NewDataset[]): Promise<Id<'ds'>[]> {
  const rows = datasets.map(({ definition, selected, generated }) => ({
    ...{ id: newId('ds'), connectionId, name: definition.name, area: definition.area, selected },
    definition: toJson(definition),
    generated: generated === null ? DbNull : toJson(generated),
  }));
  await tx.dataset.createMany({ data: rows });
  return rows.map(({ id }) => id);
}

export interface DatasetChange {
  readonly definition?: DatasetDefinition;
  readonly generated?: DatasetDefinition;
  readonly selected?: boolean;
  readonly removed?: boolean;
}

export async function updateDataset(tx: Tx, id: string, change: DatasetChange): Promise<void> {
  const { definition, generated, ...flags } = change;
  await tx.dataset.update({
    where: { id },
    data: {
      ...flags,
      ...(definition === undefined ? {} : { definition: toJson(definition), area: definition.area }),
      ...(generated === undefined ? {} : { generated: toJson(generated) }),
    },
    select: { id: true },
  });
}

/** Returns whether the dataset still exists. */
export async function setProbe(db: Db | Tx, id: string, probe: StoredProbe): Promise<boolean> {
  const { count } = await db.dataset.updateMany({ where: { id }, data: { probe: toJson(probe) } });
  return count === 1;
}

/** Names of the tasks that use each dataset, by dataset id. */
export async function findTasksOfDatasets(db: Db | Tx, connectionId: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await db.taskDataset.findMany({
    where: { dataset: { connectionId } },
    select: { datasetId: true, task: { select: { name: true } } },
    orderBy: { task: { name: 'asc' } },
  });
  const names = new Map<string, string[]>();
  for (const { datasetId, task } of rows) names.set(datasetId, [...(names.get(datasetId) ?? []), task.name]);
  return names;
}
