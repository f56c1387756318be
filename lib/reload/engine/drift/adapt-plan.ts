import { type Column, type ColumnType, type DatasetDefinition, withoutColumns } from '#lib/domain/dataset/dataset.ts';
import type { DriftDecision } from '#lib/domain/run/drift.ts';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import { typeToKeep } from './decide-drift.ts';
import type { LandedTable } from './landed-table.ts';

export interface AdaptedPlan {
  readonly plan: DatasetPlan;
  /** Name that a column of the dataset is written with. */
  readonly toWritten: (name: string) => string;
  /** The name of the dataset for a written one. */
  readonly toWanted: (name: string) => string;
}

/**
 * The plan as the run reads it: without columns that are left out, with the types that stay, and, where the target renames at the end, with the old
 * names. The same plan where nothing of this applies.
 */
export function adaptPlan(plan: DatasetPlan, decisions: readonly DriftDecision[], landed: LandedTable): AdaptedPlan {
  const renamed = decisions.flatMap(({ action, column, from }) =>
    action === 'renamed' && from !== null ? [[column, from] as const] : [],
  );
  const oldNames = new Map(renamed);
  const written = landed.renames === 'at-end' ? oldNames : new Map<string, string>();
  const wanted = new Map([...written].map(([name, old]) => [old, name]));
  const left = new Set(decisions.flatMap(({ action, column }) => (action === 'left-out' ? [column] : [])));
  const types = typesToRead(plan, { decisions, landed, oldNames });
  const names = {
    toWritten: (name: string) => written.get(name) ?? name,
    toWanted: (name: string) => wanted.get(name) ?? name,
  };
  if (written.size + left.size + types.size === 0) return { plan, ...names };
  const asRead = <T extends Column>(column: T): T => ({
    ...column,
    name: names.toWritten(column.name),
    type: types.get(column.name) ?? column.type,
  });
  const { events } = plan;
  return {
    ...names,
    plan: {
      ...plan,
      dataset: datasetAsRead(withoutColumns(plan.dataset, left), asRead, names.toWritten),
      columns: plan.columns.filter(({ name }) => !left.has(name)).map(asRead),
      key: plan.key.map(names.toWritten),
      events:
        events === null
          ? null
          : { ...events, timeColumn: names.toWritten(events.timeColumn), owner: events.owner.map(names.toWritten) },
    },
  };
}

function datasetAsRead(
  dataset: DatasetDefinition,
  asRead: (column: Column) => Column,
  toWritten: (name: string) => string,
): DatasetDefinition {
  const { parent } = dataset;
  return {
    ...dataset,
    columns: dataset.columns.map(asRead),
    parent:
      parent === null
        ? null
        : {
            ...parent,
            column: toWritten(parent.column),
            ...(parent.above === undefined ? {} : { above: toWritten(parent.above) }),
          },
  };
}

interface Reading {
  readonly decisions: readonly DriftDecision[];
  readonly landed: LandedTable;
  readonly oldNames: ReadonlyMap<string, string>;
}

/** By column: the type that values are read as, where it is not that of the dataset. */
function typesToRead(plan: DatasetPlan, { decisions, landed, oldNames }: Reading): ReadonlyMap<string, ColumnType> {
  const kept = new Set(decisions.flatMap(({ action, column }) => (action === 'kept-type' ? [column] : [])));
  const there = new Map(landed.columns.map(({ name, type }) => [name, type]));
  const types = new Map<string, ColumnType>();
  for (const column of plan.columns) {
    const name = there.has(column.name) ? column.name : (oldNames.get(column.name) ?? column.name);
    const [type, wanted] = [there.get(name), landed.typeOf(column)];
    const isWider = type !== undefined && type !== wanted && !landed.isReplaced && landed.fits(wanted, type);
    // Keys are compared with the landed ones, so they have to be of one type.
    const isReadAsLanded = isWider && (!landed.converts || plan.key.includes(column.name));
    if (!kept.has(column.name) && !isReadAsLanded) continue;
    const read = typeToKeep(column, landed, name);
    if (read !== null && read !== column.type) types.set(column.name, read);
  }
  return types;
}
