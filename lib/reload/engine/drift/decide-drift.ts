import { type Column, ColumnType } from '#lib/domain/dataset/dataset.ts';
import type { DriftDecision } from '#lib/domain/run/drift.ts';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import type { LandedColumn, LandedTable } from './landed-table.ts';

/**
 * Compares the columns of a dataset with those of its landed table and decides by the settings of the task (`plan.drift`) what happens to each
 * difference, in the order of the dataset, lost columns last. Pure: the target does what is decided. A decision `stopped` is to end the dataset.
 *
 * A column is recognised by its name; where the table has no such name, by the property that was recorded for another one. Columns that nobody
 * recorded are left alone and never stop the dataset: a person may have added them. Only where nothing was recorded of any column they count as lost.
 */
export function decideDrift(plan: DatasetPlan, landed: LandedTable): readonly DriftDecision[] {
  const there = new Map(landed.columns.map((column) => [column.name, column]));
  const wanted = new Set(plan.columns.map(({ name }) => name));
  const moved = new Set<string>();
  const decisions: DriftDecision[] = [];
  for (const column of plan.columns) {
    const same = there.get(column.name);
    const old = same === undefined ? findRenamed(column, landed, (name) => !wanted.has(name) && !moved.has(name)) : undefined;
    if (same !== undefined) decisions.push(...decideType(plan, column, { landed, name: column.name, type: same.type }));
    else if (old === undefined) decisions.push(decideNew(plan, column));
    else {
      moved.add(old.name);
      const renamed = decideRename(plan, { column, old }, landed);
      decisions.push(renamed);
      if (renamed.action === 'renamed') decisions.push(...decideType(plan, column, { landed, name: old.name, type: old.type }));
    }
  }
  const isRecorded = landed.columns.some(({ recorded }) => recorded !== null);
  const lost = landed.columns.filter(
    ({ name, recorded }) => !wanted.has(name) && !moved.has(name) && (landed.isReplaced || recorded !== null || !isRecorded),
  );
  return [...decisions, ...lost.map((column) => decideLost(plan, column, landed))];
}

function findRenamed(
  column: Column,
  { columns, ignoresCase, isReplaced }: LandedTable,
  isFree: (name: string) => boolean,
): LandedColumn | undefined {
  const path = column.sourcePath.toLowerCase();
  const free = columns.filter(({ name }) => isFree(name));
  const spelt = ignoresCase && !isReplaced ? free.find(({ name }) => isSpeltSo(name, column.name)) : undefined;
  return spelt ?? free.find(({ recorded }) => recorded?.sourcePath.toLowerCase() === path);
}

function isSpeltSo(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function decideNew(plan: DatasetPlan, column: Column): DriftDecision {
  const found = { change: 'new', column: column.name, from: null, to: null } as const;
  if (plan.drift.new === 'stop') return { ...found, action: 'stopped' };
  return { ...found, action: plan.drift.new === 'ignore' && !isNeeded(plan, column) ? 'left-out' : 'added' };
}

/** Rows are found by it, or proven by it: it cannot be left out. */
function isNeeded({ key, events, dataset: { parent } }: DatasetPlan, { name }: Column): boolean {
  return key.includes(name) || name === events?.timeColumn || name === parent?.column || name === parent?.above;
}

function decideRename(
  plan: DatasetPlan,
  { column, old }: { readonly column: Column; readonly old: LandedColumn },
  landed: LandedTable,
): DriftDecision {
  const found = { change: 'renamed', column: column.name, from: old.name, to: null } as const;
  const { renamed } = plan.drift;
  if (renamed === 'stop') return { ...found, action: 'stopped' };
  const isOneName = landed.ignoresCase && isSpeltSo(old.name, column.name);
  if (landed.isReplaced || isOneName) return { ...found, action: 'renamed' };
  if (renamed === 'rename' && landed.renames !== 'never') return { ...found, action: 'renamed' };
  // Rows are found by the key: it cannot stand beside an old one.
  return { ...found, action: column.key ? 'stopped' : 'added-beside' };
}

function decideType(
  plan: DatasetPlan,
  column: Column,
  { landed, name, type }: { readonly landed: LandedTable; readonly name: string; readonly type: string },
): readonly DriftDecision[] {
  const wanted = landed.typeOf(column);
  if (wanted === type || (!landed.isReplaced && landed.fits(wanted, type))) return [];
  const found = { change: 'retyped', column: column.name, from: type, to: wanted } as const;
  switch (plan.drift.retyped) {
    case 'stop':
      return [{ ...found, action: 'stopped' }];
    case 'keep':
      return [{ ...found, action: typeToKeep(column, landed, name) === null ? 'stopped' : 'kept-type' }];
    case 'widen':
      if (landed.isReplaced) return [{ ...found, action: 'replaced' }];
      return [{ ...found, action: landed.fits(type, wanted) ? 'widened' : 'stopped' }];
  }
}

/** The column type that makes the type of the landed column; null: none does, since a person changed it. */
export function typeToKeep(column: Column, landed: LandedTable, name: string): ColumnType | null {
  const there = landed.columns.find((one) => one.name === name);
  if (there === undefined) return null;
  const types = there.recorded === null ? ColumnType.options : [there.recorded.type, ...ColumnType.options];
  return types.find((type) => landed.typeOf({ ...column, type }) === there.type) ?? null;
}

function decideLost(plan: DatasetPlan, { name, recorded }: LandedColumn, landed: LandedTable): DriftDecision {
  const found = { change: 'lost', column: name, from: null, to: null } as const;
  // The old column of one that was added beside it.
  const isReadElsewhere = plan.columns.some(({ sourcePath }) => sourcePath.toLowerCase() === recorded?.sourcePath.toLowerCase());
  const isOurs = recorded !== null && !isReadElsewhere;
  if (isOurs && plan.drift.lost === 'stop') return { ...found, action: 'stopped' };
  if (landed.isReplaced) return { ...found, action: 'dropped' };
  return { ...found, action: isOurs && plan.drift.lost === 'drop' && landed.drops ? 'dropped' : 'kept' };
}
