import { accessOf, type Granted, permissionsFor } from '#lib/domain/access.ts';
import { DatasetDefinition, type DatasetDto, type DatasetSummaryDto } from '#lib/domain/dataset.ts';
import type { Id } from '#lib/domain/id.ts';
import type { Db, Tx } from '#lib/platform/db.ts';
import { newId } from '#lib/platform/id.ts';
import { toJson } from './json.ts';

const DATASET = { id: true, connectionId: true, name: true, selected: true, definition: true } as const;

export interface DatasetRow {
  readonly id: string;
  readonly connectionId: string;
  readonly name: string;
  readonly selected: boolean;
  readonly definition: DatasetDefinition;
}

/** Definitions outlive the version that wrote them: parsed on the way out. */
function toRow(stored: Omit<DatasetRow, 'definition'> & { readonly definition: unknown }): DatasetRow {
  return { ...stored, definition: DatasetDefinition.parse(stored.definition) };
}

export function toDatasetSummaryDto(row: DatasetRow, granted: Granted): DatasetSummaryDto {
  const { definition } = row;
  return {
    id: row.id,
    name: row.name,
    title: definition.title,
    area: definition.area,
    description: definition.description,
    kind: definition.kind,
    path: definition.path,
    permissions: permissionsFor(definition, granted.signIn),
    licence: definition.licence,
    access: accessOf(definition, granted),
    selected: row.selected,
    columnCount: definition.columns.length,
    selectedColumnCount: definition.columns.filter((column) => column.selected).length,
  };
}

export function toDatasetDto(row: DatasetRow, granted: Granted): DatasetDto {
  const { entityType, parent, read, columns } = row.definition;
  return { ...toDatasetSummaryDto(row, granted), entityType, parent, read, columns };
}

/** In the order of their areas and titles as generated. */
export async function listDatasetRows(db: Db | Tx, connectionId: string): Promise<DatasetRow[]> {
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

export async function insertDataset(
  tx: Tx,
  connectionId: string,
  definition: DatasetDefinition,
  selected: boolean,
): Promise<Id<'ds'>> {
  const id = newId('ds');
  await tx.dataset.create({
    data: { id, connectionId, name: definition.name, area: definition.area, selected, definition: toJson(definition) },
    select: { id: true },
  });
  return id;
}

export async function updateDefinition(tx: Tx, id: string, definition: DatasetDefinition): Promise<void> {
  await tx.dataset.update({
    where: { id },
    data: { definition: toJson(definition), area: definition.area },
    select: { id: true },
  });
}

/** Returns how many there were. */
export async function setSelected(tx: Tx, connectionId: string, ids: readonly string[], selected: boolean): Promise<number> {
  const { count } = await tx.dataset.updateMany({ where: { connectionId, id: { in: [...ids] } }, data: { selected } });
  return count;
}
