import { type Column, type DatasetDefinition, landedColumns } from '#lib/domain/dataset/dataset.ts';
import { type EventFacts, eventFacts } from '#lib/domain/dataset/event-dataset.ts';
import type { DriftSettings } from '#lib/domain/task/drift-settings.ts';
import type { EventSettings } from '#lib/domain/task/event-settings.ts';
import { tableNameOf, withLandedColumns } from '#lib/domain/task/landing-names.ts';
import { sideTablesWrittenBeside } from '#lib/domain/task/side-tables.ts';
import { namespaceOf, type TaskTarget } from '#lib/domain/task/task.ts';
import type { UpdateMethod } from '#lib/domain/task/update-method.ts';
import { AppError } from '#lib/platform/errors.ts';
import { withUnselectedNames } from '#lib/reload/parse/sql/extra-sql.ts';

/** What one dataset run will do. */
export interface DatasetPlan {
  /** With the names that its columns have in the target. */
  readonly dataset: DatasetDefinition;
  readonly method: UpdateMethod;
  /** Schema or folder. */
  readonly namespace: string;
  /** Table in the schema, or folder below the namespace. */
  readonly table: string;
  /** Additional tables: changes, history. */
  readonly sideTables: readonly string[];
  /** The selected columns, in the definition's order, one for each property however often it is spelt. */
  readonly columns: readonly Column[];
  /** Names of the key columns; empty: rows are compared as a multiset. */
  readonly key: readonly string[];
  /** Rows a page; null: the server decides. */
  readonly pageSize: number | null;
  /** Whether rows that cannot be taken are set aside; otherwise the first one ends the dataset. */
  readonly setsAside: boolean;
  /** Whether the number of rows can be proven against `$count`. */
  readonly countable: boolean;
  /** How a dataset of events is read and kept; null for any other. */
  readonly events: EventPlan | null;
  /** What happens when the columns of the landed table are others. */
  readonly drift: DriftSettings;
}

/** Of a dataset of events. */
export interface EventPlan {
  readonly facts: EventFacts;
  /** Name of the column with the time of the event; it is always read. */
  readonly timeColumn: string;
  /** Rows that are items of an event: the key columns that name the event, of which the last reading has all items. Empty: each row is an event. */
  readonly owner: readonly string[];
  readonly settings: EventSettings;
}

export interface ReloadPlan {
  readonly method: UpdateMethod;
  readonly namespace: string;
  readonly datasets: readonly DatasetPlan[];
}

/**
 * What a reload of `datasets` into `target` will read and write, in the given order. Key columns are always read, selected or not.
 * @throws AppError `no-columns` when a dataset has no column to read, `columns-differ-in-case-only` when the names of two do.
 */
export function planReload(datasets: readonly DatasetDefinition[], target: TaskTarget): ReloadPlan {
  const namespace = namespaceOf(target);
  return { method: target.method, namespace, datasets: datasets.map((dataset) => planDataset(dataset, target, namespace)) };
}

function planDataset(selected: DatasetDefinition, target: TaskTarget, namespace: string): DatasetPlan {
  const definition = withLandedColumns(selected, target.settings.names);
  const table = tableNameOf(selected.name, target.settings.names);
  const facts = eventFacts(definition);
  const isTime = ({ sourcePath }: Column): boolean => sourcePath === facts?.time;
  const dataset = facts === null ? definition : withTime(definition, isTime);
  const read = landedColumns(dataset.columns);
  checkColumns(dataset, read);
  const columns = withUnselectedNames(read, dataset.columns);
  const key = columns.filter((column) => column.key).map((column) => column.name);
  const timeColumn = columns.find(isTime)?.name;
  return {
    dataset,
    method: target.method,
    namespace,
    table,
    sideTables: sideTablesWrittenBeside(table, target),
    columns,
    key,
    pageSize: dataset.read.pageSizeMax,
    setsAside: target.settings.unreadableRows === 'set-aside',
    countable: dataset.read.countable && (dataset.kind === 'entity' || dataset.kind === 'events'),
    events:
      facts === null || timeColumn === undefined || key.length === 0
        ? null
        : { facts, timeColumn, owner: ownerOf(dataset, columns), settings: target.settings.events },
    drift: target.settings.drift,
  };
}

/** The time of an event is read whether it is selected or not, since it is the cursor. */
function withTime(dataset: DatasetDefinition, isTime: (column: Column) => boolean): DatasetDefinition {
  if (!dataset.columns.some((column) => isTime(column) && !column.selected)) return dataset;
  return { ...dataset, columns: dataset.columns.map((column) => (isTime(column) ? { ...column, selected: true } : column)) };
}

function ownerOf({ child }: DatasetDefinition, columns: readonly Column[]): readonly string[] {
  if (child === null) return [];
  return columns.filter(({ key, sourcePath }) => key && !sourcePath.includes('[]')).map(({ name }) => name);
}

function checkColumns(dataset: DatasetDefinition, columns: readonly Column[]): void {
  if (columns.length === 0) {
    throw new AppError({
      code: 'no-columns',
      title: `No column of ${dataset.name} is selected.`,
      remedy: 'Select at least one column on the connection metadata page.',
      fixer: 'you',
    });
  }
  const seen = new Map<string, string>();
  for (const { name } of columns) {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined) {
      throw new AppError({
        code: 'columns-differ-in-case-only',
        title: `Two columns of ${dataset.name} have names that differ in case only: ${other} and ${name}.`,
        remedy: 'Rename one of them, or deselect it, on the connection metadata page.',
        fixer: 'you',
      });
    }
    seen.set(name.toLowerCase(), name);
  }
}
